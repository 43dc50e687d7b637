package io.minibit.sim;

import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Peers of one kind. Made and changed inside {@link Scenario.Builder#group}.
 *
 * @param name unique in the scenario
 * @param count how many there are
 * @param upload rate of the uplink, bytes per second; {@link #UNLIMITED} for none
 * @param download rate of the downlink, bytes per second; {@link #UNLIMITED} for none
 * @param latency one way between the peer and the middle of the network: two such peers are twice that apart
 * @param uploadLimit what the peer's program allows itself, bytes per second over all connections
 * @param arrival when they come
 * @param departure when they go
 * @param pieces what they have when they come
 * @param selection which pieces they fetch
 * @param choking whom they serve
 * @param connections the most connections of one peer
 * @param dials connections up to which a peer dials by itself; the rest is left to those who dial it
 * @param racks over how many racks they are spread in turn; 0 for none. Groups share racks of the same number
 * @param superSeeding whether seeds show one piece at a time (BEP 16)
 * @param storing the time for hashing and storing a piece
 * @param pieceMemory for pieces on their way, bytes
 */
public record PeerGroup(
    String name,
    int count,
    long upload,
    long download,
    Duration latency,
    long uploadLimit,
    Arrival arrival,
    Departure departure,
    InitialPieces pieces,
    Named<PieceSelectionStrategy> selection,
    Named<ChokingStrategy> choking,
    int connections,
    int dials,
    int racks,
    boolean superSeeding,
    Duration storing,
    long pieceMemory) {

  /** No limit of a rate. */
  public static final long UNLIMITED = Long.MAX_VALUE;

  private static final int MOST_PEERS = 1_000_000;

  public PeerGroup {
    require(name.matches("\\p{Alnum}(?:[\\p{Alnum} ._-]{0,58}[\\p{Alnum}._-])?"), name, "is no name for a group");
    require(count >= 1 && count <= MOST_PEERS, name, "count " + count + " is not between 1 and " + MOST_PEERS);
    require(upload > 0, name, "an uplink of " + upload + " bytes/s is not positive");
    require(download > 0, name, "a downlink of " + download + " bytes/s is not positive");
    require(uploadLimit > 0, name, "an upload limit of " + uploadLimit + " bytes/s is not positive");
    require(!latency.isNegative() && latency.toHours() < 1, name, "a latency of " + latency + " is not below an hour");
    require(connections >= 1 && connections <= 10_000, name, connections + " connections are not between 1 and 10000");
    require(dials >= 0 && dials <= connections, name, dials + " dials are not between 0 and the connections");
    require(racks >= 0 && racks <= count, name, racks + " racks are not between 0 and the number of peers");
    require(!storing.isNegative(), name, "storing in " + storing + " is before it");
    require(pieceMemory > 0, name, "a piece memory of " + pieceMemory + " bytes is not positive");
  }

  private static void require(boolean valid, String group, String problem) {
    if (!valid) {
      throw new ScenarioException("group '" + Phrase.shown(group) + "': " + problem);
    }
  }

  /** What {@link #dials} is unless it is given. */
  static int usualDials(int connections) {
    return Math.max(1, (int) (connections * 2L / 3));
  }

  boolean isSeeding() {
    return pieces.share() == 1;
  }

  /** The values of a group, to be altered. */
  public static final class Builder {
    private final String name;
    private int count = 1;
    private long upload = UNLIMITED;
    private long download = UNLIMITED;
    private Duration latency = Duration.ofMillis(25);
    private long uploadLimit = UNLIMITED;
    private Arrival arrival = Arrival.atOnce();
    private Departure departure = Departure.never();
    private InitialPieces pieces = InitialPieces.none();
    private Named<PieceSelectionStrategy> selection = StrategyCatalog.stock().selection("rarest-first");
    private Named<ChokingStrategy> choking = StrategyCatalog.stock().choking("tit-for-tat");
    private int connections = 50;
    private int dials = -1;
    private int racks;
    private boolean superSeeding;
    private Duration storing = Duration.ofMillis(5);
    private long pieceMemory = 64L << 20;

    Builder(String name) {
      this.name = name;
    }

    Builder(PeerGroup group) {
      this(group.name, group);
    }

    /** The values of a group under another name. */
    Builder(String name, PeerGroup group) {
      this.name = name;
      count = group.count;
      upload = group.upload;
      download = group.download;
      latency = group.latency;
      uploadLimit = group.uploadLimit;
      arrival = group.arrival;
      departure = group.departure;
      pieces = group.pieces;
      selection = group.selection;
      choking = group.choking;
      connections = group.connections;
      dials = group.dials == usualDials(group.connections) ? -1 : group.dials;
      racks = group.racks;
      superSeeding = group.superSeeding;
      storing = group.storing;
      pieceMemory = group.pieceMemory;
    }

    public Builder count(int peers) {
      count = peers;
      return this;
    }

    /** The rate of the uplink; no limit unless it is called. */
    public Builder upload(long bytesPerSecond) {
      upload = bytesPerSecond;
      return this;
    }

    /** The rate of the downlink; no limit unless it is called. */
    public Builder download(long bytesPerSecond) {
      download = bytesPerSecond;
      return this;
    }

    /** One way between the peer and the middle of the network; 25 ms unless it is called. */
    public Builder latency(Duration oneWay) {
      latency = oneWay;
      return this;
    }

    /** What the peer's program allows itself; no limit unless it is called. */
    public Builder uploadLimit(long bytesPerSecond) {
      uploadLimit = bytesPerSecond;
      return this;
    }

    /** When they come; all at the start unless it is called. */
    public Builder arrival(Arrival when) {
      arrival = when;
      return this;
    }

    /** When they go; never unless it is called. */
    public Builder departure(Departure when) {
      departure = when;
      return this;
    }

    /** What they have when they come; nothing unless it is called. */
    public Builder pieces(InitialPieces initial) {
      pieces = initial;
      return this;
    }

    /** They have everything. */
    public Builder seeds() {
      return pieces(InitialPieces.all());
    }

    /** Which pieces they fetch; the rarest first unless it is called. */
    public Builder selection(String kind, Supplier<? extends PieceSelectionStrategy> make) {
      return selection(new Named<>(kind, make));
    }

    public Builder selection(Named<PieceSelectionStrategy> kind) {
      selection = kind;
      return this;
    }

    /** Whom they serve; tit for tat unless it is called. */
    public Builder choking(String kind, Supplier<? extends ChokingStrategy> make) {
      return choking(new Named<>(kind, make));
    }

    public Builder choking(Named<ChokingStrategy> kind) {
      choking = kind;
      return this;
    }

    /** The most connections of one peer; 50 unless it is called. */
    public Builder connections(int most) {
      connections = most;
      return this;
    }

    /** Connections up to which a peer dials by itself; two thirds of the connections unless it is called. */
    public Builder dials(int most) {
      dials = most;
      return this;
    }

    /** Spreads the peers over so many racks in turn. */
    public Builder racks(int number) {
      racks = number;
      return this;
    }

    /** Whether they show one piece at a time while they seed (BEP 16). */
    public Builder superSeeding(boolean wanted) {
      superSeeding = wanted;
      return this;
    }

    /** The time for hashing and storing a piece; 5 ms unless it is called. */
    public Builder storing(Duration time) {
      storing = time;
      return this;
    }

    /** Memory for pieces on their way; 64 MiB unless it is called, raised to two pieces. */
    public Builder pieceMemory(long bytes) {
      pieceMemory = bytes;
      return this;
    }

    PeerGroup build() {
      int dialed = dials < 0 ? usualDials(connections) : dials;
      return new PeerGroup(name, count, upload, download, latency, uploadLimit, arrival, departure, pieces, selection,
          choking, connections, dialed, racks, superSeeding, storing, pieceMemory);
    }
  }
}
