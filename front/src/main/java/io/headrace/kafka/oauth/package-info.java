/// Signed tokens that say who somebody is: OAUTHBEARER's JSON Web Tokens (RFC 7519), checked by keys in a file.
///
/// ```text
///  token ─► TokenCheck ─► signature, issuer, audience, times ─► Verdict.Valid(name, until)
///               │
///               └ keys: a JSON Web Key Set (RFC 7517), read again when the file changes
/// ```
/// The cryptography and the parsing are jose4j's, whose types do not leave this room.
///
/// Relies on: [io.headrace.net.WatchedFile]. Promises: a token is taken only with a signature by one of the keys, by an
/// algorithm in which a secret is never shared; a key file that cannot be read leaves the old keys in use.
/// Not here: what goes over the wire (`io.headrace.kafka`), and whether there is a user of that name.
///
/// Start with [TokenCheck].
package io.headrace.kafka.oauth;
