package dev.rowcast.gateway.read;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// A condition of SQL. Its text comes from the catalog alone; what a client sent is bound.
///
/// @param values one for each `?`, in their order; Postgres reads each as the type it is compared with
record Where(String sql, List<String> values) {

    static final Where ALL = new Where("true", List.of());
    static final Where NONE = new Where("false", List.of());

    Where {
        values = List.copyOf(values);
    }

    static Where of(String sql, String... values) {
        return new Where(sql, List.of(values));
    }

    Where and(Where other) {
        List<String> both = new ArrayList<>(values);
        both.addAll(other.values);
        return new Where(sql + " and " + other.sql, both);
    }

    /// Two statements, one after the other.
    Where then(Where other) {
        List<String> both = new ArrayList<>(values);
        both.addAll(other.values);
        return new Where(sql + "; " + other.sql, both);
    }

    /// Any of them; none where there is none.
    static Where any(List<Where> alternatives) {
        if (alternatives.isEmpty()) {
            return NONE;
        }
        return new Where(
                alternatives.stream().map(each -> "(" + each.sql + ")").collect(Collectors.joining(" or ", "(", ")")),
                alternatives.stream().flatMap(each -> each.values.stream()).toList());
    }
}
