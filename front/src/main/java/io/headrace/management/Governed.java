package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.Policy;
import io.headrace.catalog.QueueDefinition;
import io.headrace.message.FieldTable;
import java.util.Optional;

/// Which policies act on a queue or exchange.
record Governed(Optional<Policy> policy, Optional<Policy> operatorPolicy, FieldTable definition) {
    static Governed of(Catalog catalog, QueueDefinition queue) {
        return new Governed(catalog.policyOf(queue), catalog.operatorPolicyOf(queue), catalog.policyDefinition(queue));
    }

    static Governed of(Catalog catalog, ExchangeDefinition exchange) {
        return new Governed(catalog.policyOf(exchange), Optional.empty(), FieldTable.EMPTY);
    }

    void put(ObjectNode json) {
        policy.ifPresent(found -> json.put("policy", found.name()));
        operatorPolicy.ifPresent(found -> json.put("operator_policy", found.name()));
        json.set("effective_policy_definition", Json.of(definition));
    }
}
