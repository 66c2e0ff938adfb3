package io.headrace.bench;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/// A share group that will read its topics from their start: it is a setting of the group, not of its consumers.
record ShareFromStart(String group) implements KafkaWorkload {
    @Override
    public void run(String bootstrap, Report report) throws Exception {
        report.begin();
        try (var admin = Admin.create(KafkaWorkload.settings(bootstrap, Map.of()))) {
            var fromStart =
                    new AlterConfigOp(new ConfigEntry("share.auto.offset.reset", "earliest"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(fromStart)))
                    .all()
                    .get();
        }
        report.end(Map.of("each", 1));
    }
}
