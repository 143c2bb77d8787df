package dev.rowcast.ingest.route;

import java.util.AbstractList;

/// An array of more than one dimension. Changes carry it as JSON; a raw topic has no type for it, because
/// Postgres does not say how many dimensions a column's arrays have.
public final class Nested extends AbstractList<Object> {

    private final String json;

    /// @param json arrays of arrays
    public Nested(String json) {
        this.json = json;
    }

    String json() {
        return json;
    }

    /// Has no elements that the column's schema could describe.
    @Override
    public Object get(int index) {
        throw new IndexOutOfBoundsException(index);
    }

    @Override
    public int size() {
        return 0;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Nested that && that.json.equals(json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }
}
