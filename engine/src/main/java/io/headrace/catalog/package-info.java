/// What exists: vhosts, exchanges, queues, bindings, users, permissions. A state machine over the CATALOG group.
package io.headrace.catalog;
