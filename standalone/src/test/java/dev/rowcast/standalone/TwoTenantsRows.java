package dev.rowcast.standalone;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Random rows of two tenants, as SQL. Every row has its tenant's canary, and most ids are those of the other's rows.
///
/// @param tenants two
/// @param canary of a tenant
record TwoTenantsRows(List<String> tenants, UnaryOperator<String> canary, SplittableRandom random) {

    /// A transaction of one or both tenants; what was a row of one may become a row of the other.
    String transaction() {
        return IntStream.rangeClosed(0, random.nextInt(3))
                .mapToObj(each -> statement(tenants.get(random.nextInt(2))))
                .collect(Collectors.joining(";"));
    }

    private String statement(String tenant) {
        int id = 1 + random.nextInt(4);
        String room = "" + (1 + random.nextInt(2));
        String state = random.nextBoolean() ? "open" : "closed";
        return switch (random.nextInt(8)) {
            case 0 -> "delete from notes where id=%d".formatted(id);
            case 1 -> """
                insert into lists values ('%s', 7, '%s', '%s') on conflict (tenant, id)
                do update set room=excluded.room, title=excluded.title""".formatted(tenant, room, canary.apply(tenant));
            case 2 -> """
                insert into posts (tenant, room, kind, collection, item_id, metadata)
                values ('%s', '%s', 'posted', 'posts', '1', '{"canary": "%s"}')""".formatted(tenant, room, canary.apply(tenant));
            case 3 -> remark(id, tenant, 1 + random.nextInt(4));
            default -> note(id, tenant, room, state);
        };
    }

    String note(int id, String tenant, String room, String state) {
        return """
            insert into notes values (%d, '%s', '%s', '%s', '%s') on conflict (id) do update
            set tenant=excluded.tenant, room=excluded.room, title=excluded.title, state=excluded.state""".formatted(id, tenant, room, canary.apply(tenant), state);
    }

    String remark(int id, String tenant, int note) {
        return """
            insert into remarks values (%d, '%s', %d, '%s') on conflict (id) do update
            set tenant=excluded.tenant, note=excluded.note, title=excluded.title""".formatted(id, tenant, note, canary.apply(tenant));
    }
}
