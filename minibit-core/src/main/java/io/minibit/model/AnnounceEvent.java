package io.minibit.model;

/** Why a peer announces itself to a tracker (BEP 3). */
public enum AnnounceEvent {
  /** At the regular interval. */
  REGULAR(0),
  COMPLETED(1),
  STARTED(2),
  STOPPED(3);

  private final int udpNumber;

  AnnounceEvent(int udpNumber) {
    this.udpNumber = udpNumber;
  }

  /** The number that stands for it over UDP (BEP 15). */
  public int udpNumber() {
    return udpNumber;
  }

  /** The event of this number; what is unknown counts as a regular announce. */
  public static AnnounceEvent ofUdpNumber(int number) {
    for (AnnounceEvent event : values()) {
      if (event.udpNumber == number) {
        return event;
      }
    }
    return REGULAR;
  }
}
