/** A program that uses MiniBit. */
module consumer {
  requires io.minibit;
}
