/// Who may do what: users, password hashes, permissions.
package io.headrace.security;
