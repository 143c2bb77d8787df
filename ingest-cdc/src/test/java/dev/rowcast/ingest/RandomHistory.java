package dev.rowcast.ingest;

import dev.rowcast.schemas.avro.Operation;
import dev.rowcast.schemas.avro.RowChange;
import dev.rowcast.schemas.position.Lsn;
import dev.rowcast.schemas.topic.Partitions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/// Writes random transactions, and knows what `rowcast.changes` has to say about them.
final class RandomHistory {

    private static final int PARTITIONS = 8;
    private static final List<String> TENANTS = List.of("demo", "other", "third");

    /// What is expected of one change.
    record Step(Operation op, String table, String key, boolean last) {}

    private record Note(String tenant, String body) {}

    private final World world;
    private final Random random;
    private final Map<Long, Note> notes = new HashMap<>();
    private final Map<Integer, List<Step>> expected = new TreeMap<>();
    private long nextId = 1;

    RandomHistory(World world, long seed) {
        this.world = world;
        this.random = new Random(seed);
    }

    /// Commits one transaction of one to twelve statements.
    void transaction() {
        StringBuilder sql = new StringBuilder("begin;");
        List<Map.Entry<Integer, Step>> steps = new ArrayList<>();
        int statements = 1 + random.nextInt(12);
        for (int i = 0; i < statements; i++) {
            statement(sql, steps);
        }
        world.execute(sql.append("commit").toString());
        Map<Integer, Integer> latest = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            latest.put(steps.get(i).getKey(), i);
        }
        for (int i = 0; i < steps.size(); i++) {
            int partition = steps.get(i).getKey();
            Step step = steps.get(i).getValue();
            expected.computeIfAbsent(partition, p -> new ArrayList<>())
                    .add(new Step(step.op(), step.table(), step.key(), latest.getOrDefault(partition, -1) == i));
        }
    }

    private void statement(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        switch (notes.isEmpty() ? 0 : random.nextInt(6)) {
            case 0, 1 -> insertNote(sql, steps);
            case 2 -> insertTags(sql, steps);
            case 3 -> updateNote(sql, steps);
            case 4 -> moveNote(sql, steps);
            default -> deleteNote(sql, steps);
        }
    }

    private void insertNote(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        long id = nextId++;
        Note note = new Note(tenant(), "b" + random.nextInt(1000));
        notes.put(id, note);
        sql.append("insert into notes values (%d,'%s','%s');".formatted(id, note.tenant(), note.body()));
        add(steps, note.tenant(), Operation.CREATE, "public.notes", "" + id);
    }

    private void insertTags(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        int count = 1 + random.nextInt(20);
        long from = nextId;
        nextId += count;
        String tenant = tenant();
        sql.append("insert into tags select g,'%s','t' from generate_series(%d,%d) g;"
                .formatted(tenant, from, from + count - 1));
        for (long id = from; id < from + count; id++) {
            add(steps, tenant, Operation.CREATE, "public.tags", id + "," + tenant);
        }
    }

    private void updateNote(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        long id = anyNote();
        sql.append("update notes set body=body||'x' where id=%d;".formatted(id));
        add(steps, Objects.requireNonNull(notes.get(id)).tenant(), Operation.UPDATE, "public.notes", "" + id);
    }

    private void moveNote(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        long id = anyNote();
        String from = Objects.requireNonNull(notes.get(id)).tenant();
        String to = tenant();
        notes.put(id, new Note(to, ""));
        sql.append("update notes set site_id='%s' where id=%d;".formatted(to, id));
        if (from.equals(to)) {
            add(steps, to, Operation.UPDATE, "public.notes", "" + id);
        } else {
            add(steps, from, Operation.DELETE, "public.notes", "" + id);
            add(steps, to, Operation.CREATE, "public.notes", "" + id);
        }
    }

    private void deleteNote(StringBuilder sql, List<Map.Entry<Integer, Step>> steps) {
        long id = anyNote();
        String tenant = Objects.requireNonNull(notes.remove(id)).tenant();
        sql.append("delete from notes where id=%d;".formatted(id));
        add(steps, tenant, Operation.DELETE, "public.notes", "" + id);
    }

    private void add(List<Map.Entry<Integer, Step>> steps, String tenant, Operation op, String table, String key) {
        steps.add(Map.entry(Partitions.of(tenant, PARTITIONS), new Step(op, table, key, false)));
    }

    private long anyNote() {
        List<Long> ids = notes.keySet().stream().sorted().toList();
        return ids.get(random.nextInt(ids.size()));
    }

    private String tenant() {
        return TENANTS.get(random.nextInt(TENANTS.size()));
    }

    /// Partition to what must stand in it, in order.
    Map<Integer, List<Step>> expected() {
        return expected;
    }

    /// Partition to what stands in it, once the reader is past all that was committed so far.
    Map<Integer, List<Step>> seen() {
        world.changes.untilWatermark(Lsn.parse(world.query("select pg_current_wal_lsn()")));
        Map<Integer, List<Step>> seen = new TreeMap<>();
        for (var record : world.changes.rowRecords()) {
            RowChange row = (RowChange) record.value().getBody();
            if (row.getOp() != Operation.SNAPSHOT) {
                seen.computeIfAbsent(record.partition(), p -> new ArrayList<>())
                        .add(new Step(
                                row.getOp(),
                                row.getTable(),
                                row.getKey(),
                                row.getTx().getLast()));
            }
        }
        return seen;
    }
}
