package io.headrace.broker;

import io.headrace.log.CommitLog;
import io.headrace.shard.Shard;

/// What the log says, for those it concerns.
///
/// Threads: the log's; they hear on the loop.
final class LogNews implements CommitLog.Listener {
    private final Shard shard;
    private final CatalogWriter catalog;
    private final ResourceAlarms alarms;
    private final Checkpointer checkpointer;

    LogNews(Shard shard, CatalogWriter catalog, ResourceAlarms alarms, Checkpointer checkpointer) {
        this.shard = shard;
        this.catalog = catalog;
        this.alarms = alarms;
        this.checkpointer = checkpointer;
    }

    @Override
    public void committed(int group, long offset) {
        if (group == CommitLog.CATALOG) {
            shard.loop().execute(() -> catalog.committed(offset));
        } else {
            shard.onLog();
        }
    }

    @Override
    public void spaceForPublishing(boolean ample) {
        alarms.logFull(!ample);
        if (!ample) { // what a checkpoint frees may be what is missing
            shard.loop().execute(checkpointer::soon);
        }
    }
}
