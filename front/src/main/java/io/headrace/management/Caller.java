package io.headrace.management;

import io.headrace.catalog.Catalog;
import io.headrace.security.Permissions;
import io.headrace.security.User;
import java.util.List;

/// Who asks, and what tags and permissions let them see.
record Caller(User user, Catalog catalog) {
    private static final String ADMINISTRATOR = "administrator";
    private static final String MONITORING = "monitoring";
    private static final String POLICYMAKER = "policymaker";
    private static final String MANAGEMENT = "management";

    String name() {
        return user.name();
    }

    /// Whether it is nobody in the catalog, but who has the operator's key.
    boolean operator() {
        return user == Permissions.OPERATOR;
    }

    boolean administrator() {
        return user.tags().contains(ADMINISTRATOR);
    }

    boolean monitoring() {
        return administrator() || user.tags().contains(MONITORING);
    }

    boolean policymaker() {
        return administrator() || user.tags().contains(POLICYMAKER);
    }

    boolean management() {
        return monitoring() || policymaker() || user.tags().contains(MANAGEMENT);
    }

    boolean enters(String vhost) {
        return operator() || catalog.permission(user.name(), vhost).isPresent();
    }

    boolean sees(String vhost) {
        return administrator() || enters(vhost);
    }

    /// Those whose queues and exchanges it sees, sorted.
    List<String> vhosts() {
        return catalog.vhosts().stream().filter(this::sees).toList();
    }
}
