package io.minibit.model;

/** Why a peer announces itself to a tracker (BEP 3); the ordinals are UDP's numbers (BEP 15). */
public enum AnnounceEvent {
  /** At the regular interval. */
  REGULAR,
  COMPLETED,
  STARTED,
  STOPPED
}
