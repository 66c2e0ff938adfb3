/// Message selectors of JMS, as RabbitMQ's JMS client gives them to an exchange of type `x-jms-topic`: compiled from
/// SQL to the text of an Erlang term, in the argument `rjms_erlang_selector` of a binding.
///
/// ```text
///  price > 3 AND kind IN ('a', 'b')            what the application says; the client compiles it to
///
///  {'and',{'>',{'ident',<<"price">>},3},{'in',{'ident',<<"kind">>},[<<"a">>,<<"b">>]}}.
///
///    ─► TermReader ─► Term ─► Expression ─► Selector.matches(headers)
/// ```
/// Start with [Selector]. [TermReader] reads the terms that the client writes and a few more, within bounds;
/// [Expression] says what they mean, which is what the plugin `rabbitmq_jms_topic_exchange` makes of them: SQL's logic
/// of three values for what is not there, Erlang's order of terms for all that is compared.
///
/// Relies on: `io.headrace.message` for headers. Promises: any bytes are read or refused; any headers are looked at
/// without an error. Not here: bindings and exchanges (`io.headrace.routing`), the words of refusals
/// (`io.headrace.catalog`).
package io.headrace.selector;
