/// A message as the engine keeps it, and the AMQP field tables in it.
///
/// A stored message is one run of bytes, copied from the publisher's frames and to the consumer's without
/// being taken apart; all integers big-endian:
///
/// ```text
///  +-----+----------+-----+-------------+----------+------------------+----------+--------+
///  | u8  | exchange | u8  | routing key | u32      | property flags   | u32      | body   |
///  | len |          | len |             | len      | and list, raw    | len      |        |
///  +-----+----------+-----+-------------+----------+------------------+----------+--------+
/// ```
/// The highest bit of the body's length says that notes follow, which stay here ([MessageNotes]):
///
/// ```text
///  +------+----------------+-----------------------+
///  | u16  | u8 flags       | n × { u8 len | key }  |
///  | len  | 1: died        | hidden copies (BCC)   |
///  +------+----------------+-----------------------+
/// ```
/// The properties are the content header's bytes from the property flags on (AMQP 0-9-1 §4.2.6.1).
///
/// [StoredMessage] finds the parts, [MessageProperties] the properties in their block, [FieldTableDecoder]
/// and [FieldTableEncoder] read and write the tables. What a stranger sent and is not in order is a
/// [MalformedException].
package io.headrace.message;
