package dev.rowcast.ingest.kill;

/// What was done and seen, for the report.
final class Tally {

    private int kills;
    private int crashes;
    private int outages;
    private int pauses;
    private int cutSnapshots;
    private long transactions;
    private long records;
    private long events;
    private long peakKiB;

    void killed() {
        kills++;
    }

    void crashed() {
        crashes++;
    }

    void brokerAway() {
        outages++;
    }

    void suspended() {
        pauses++;
    }

    /// Snapshots of which readers saw some rows and not the end.
    void cutSnapshots(int more) {
        cutSnapshots += more;
    }

    void transactions(long more) {
        transactions += more;
    }

    void records(long more) {
        records += more;
    }

    void events(long more) {
        events += more;
    }

    void peak(long kiB) {
        peakKiB = Math.max(peakKiB, kiB);
    }

    void add(Tally other) {
        kills += other.kills;
        crashes += other.crashes;
        outages += other.outages;
        pauses += other.pauses;
        cutSnapshots += other.cutSnapshots;
        transactions += other.transactions;
        records += other.records;
        events += other.events;
        peak(other.peakKiB);
    }

    @Override
    public String toString() {
        return ("%d kill -9, %d Postgres crashes, %d broker outages, %d SIGSTOPs, %d cut snapshots; "
                        + "%d transactions, %d records and %d events checked; ingest had %d MiB at most")
                .formatted(
                        kills, crashes, outages, pauses, cutSnapshots, transactions, records, events, peakKiB / 1024);
    }
}
