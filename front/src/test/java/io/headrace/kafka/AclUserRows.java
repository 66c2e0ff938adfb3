package io.headrace.kafka;

import static io.headrace.kafka.AclRow.row;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.ALTER_CONFIGS;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE_CONFIGS;
import static org.apache.kafka.common.protocol.Errors.RESOURCE_NOT_FOUND;

import io.headrace.kafka.AclRow.Need;
import java.util.List;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;

/// The rows of [AclRows] about users: their quotas, and the credentials that they log in with. User `ann` has none.
final class AclUserRows {
    private AclUserRows() {}

    static List<AclRow> all() {
        return List.of(
                row(
                        ApiKeys.DESCRIBE_CLIENT_QUOTAS,
                        1,
                        Need.cluster(DESCRIBE_CONFIGS),
                        _ -> new DescribeClientQuotasRequestData()),
                row(ApiKeys.ALTER_CLIENT_QUOTAS, 1, Need.cluster(ALTER_CONFIGS), _ -> alterQuota()),
                row(
                                ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS,
                                0,
                                Need.cluster(DESCRIBE),
                                _ -> new DescribeUserScramCredentialsRequestData().setUsers(null))
                        .error(answer -> ((DescribeUserScramCredentialsResponseData) answer.data()).errorCode()),
                row(ApiKeys.ALTER_USER_SCRAM_CREDENTIALS, 0, Need.cluster(ALTER), _ -> deleteCredential())
                        .served(RESOURCE_NOT_FOUND));
    }

    private static AlterClientQuotasRequestData alterQuota() {
        var entry = new AlterClientQuotasRequestData.EntryData()
                .setEntity(List.of(new AlterClientQuotasRequestData.EntityData()
                        .setEntityType("user")
                        .setEntityName("ann")))
                .setOps(List.of(new AlterClientQuotasRequestData.OpData()
                        .setKey("producer_byte_rate")
                        .setValue(5)));
        return new AlterClientQuotasRequestData().setEntries(List.of(entry));
    }

    private static AlterUserScramCredentialsRequestData deleteCredential() {
        return new AlterUserScramCredentialsRequestData()
                .setDeletions(List.of(new ScramCredentialDeletion()
                        .setName("ann")
                        .setMechanism(ScramMechanism.SCRAM_SHA_256.type())));
    }
}
