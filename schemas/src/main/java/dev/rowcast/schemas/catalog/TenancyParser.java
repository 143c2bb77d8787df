package dev.rowcast.schemas.catalog;

import dev.rowcast.schemas.yaml.FileProblems;
import dev.rowcast.schemas.yaml.Section;
import java.util.List;
import java.util.Optional;

/// Reads whose the rows of a catalog are, as [CatalogParser] reads the rest.
final class TenancyParser {

    private final FileProblems problems;
    private HighVolume highVolume = HighVolume.NONE;
    private Optional<ShardBy> shardBy = Optional.empty();
    private boolean shardByRefused;

    TenancyParser(FileProblems problems) {
        this.problems = problems;
    }

    /// @return empty when it was refused
    Optional<Tenancy> tenancy(Section tenancy) {
        tenancy.only("column", "constant", "high-volume", "shard-by");
        Optional<Tenancy> column = tenancy.optional("column", Tenancy.Column::new);
        Optional<Tenancy> constant = tenancy.optional("constant", Tenancy.Constant::new);
        if (tenancy.has("column") == tenancy.has("constant")) {
            problems.add(
                    tenancy.where(),
                    tenancy.has("column") ? CatalogCode.CONFLICT : CatalogCode.MISSING_KEY,
                    tenancy.has("column") ? "has both column and constant" : "has neither column nor constant",
                    "write {column: name} where tables hold the tenant, {constant: default} where there is one tenant");
        }
        highVolume(tenancy);
        tenancy.optionalSection("shard-by").ifPresent(split -> shardBy(split, constant));
        shardByRefused = tenancy.has("shard-by") && shardBy.isEmpty();
        return column.or(() -> constant);
    }

    private void highVolume(Section tenancy) {
        List<String> tenants = tenancy.list("high-volume", Names.TENANT::check);
        if (!tenants.isEmpty() && tenancy.has("constant")) {
            problems.add(
                    tenancy.where(),
                    CatalogCode.CONFLICT,
                    "has both constant and high-volume, and one tenant shares its topic with nobody",
                    "remove high-volume");
        }
        problems.attempt(tenancy.where(), () -> new HighVolume(tenants)).ifPresent(named -> highVolume = named);
    }

    /// @param constant the only tenant; then it need not be named
    private void shardBy(Section split, Optional<Tenancy> constant) {
        split.only("channel", "shards", "tenants");
        Optional<String> channel = split.required("channel", Names.CHANNEL_TYPE::check);
        Optional<Long> shards = split.requiredNumber("shards");
        List<String> only = constant.stream()
                .map(tenancy -> ((Tenancy.Constant) tenancy).tenant())
                .toList();
        List<String> tenants = only.isEmpty()
                ? split.requiredList("tenants", Names.TENANT::check)
                : split.has("tenants") ? split.list("tenants", Names.TENANT::check) : only;
        if (!only.isEmpty() && split.sound() && !tenants.equals(only)) {
            problems.add(
                    split.where(),
                    CatalogCode.CONFLICT,
                    "splits " + String.join(", ", tenants) + ", and the only tenant is " + only.getFirst(),
                    "remove tenants");
        } else if (split.sound()) {
            shardBy = problems.attempt(
                    split.where(),
                    () -> new ShardBy(
                            channel.orElseThrow(), Math.clamp(shards.orElseThrow(), 0, Integer.MAX_VALUE), tenants));
        }
    }

    /// The tenants with a topic of their own.
    HighVolume highVolume() {
        return highVolume;
    }

    /// How some are split; empty when none are, or when it was refused.
    Optional<ShardBy> shardBy() {
        return shardBy;
    }

    /// Whether it was said and cannot be used.
    boolean isShardByRefused() {
        return shardByRefused;
    }
}
