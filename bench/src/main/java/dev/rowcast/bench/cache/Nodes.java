package dev.rowcast.bench.cache;

import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Several nodes that are read from in turns.
final class Nodes implements Way {

    private final List<Way> all;
    private final Optional<Deletions> beside;
    private final AtomicLong next = new AtomicLong();

    /// @param beside ends with them
    Nodes(List<Way> all, Optional<Deletions> beside) {
        this.all = List.copyOf(all);
        this.beside = beside;
    }

    @Override
    public Answer read(int room) throws SQLException {
        return all.get((int) (next.getAndIncrement() % all.size())).read(room);
    }

    @Override
    public void close() {
        beside.ifPresent(Deletions::close);
        all.forEach(Way::close);
    }
}
