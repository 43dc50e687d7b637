package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code minibit create}: makes a torrent file. */
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    header = "Make a torrent file of a file or directory.",
    description = {
      "",
      "Cuts the content into pieces, hashes each one and writes a small torrent file, which is all that others need to "
          + "fetch the content from you ('minibit seed') and to check it.",
      "",
    },
    footer = {
      "",
      "Example:",
      "  minibit create holiday.mp4 --tracker http://tracker.example:6969/announce",
    })
final class CreateCommand implements Callable<Integer> {
  private final Session session;

  @Parameters(index = "0", paramLabel = "PATH", description = "The file or directory to share.")
  private Path path = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE.torrent",
      description = "Where to write; default: PATH's name and .torrent, in the current directory.")
  private @Nullable Path output;

  @Option(
      names = "--tracker",
      paramLabel = "URL",
      description = "Announce URL, http, https or udp; may be repeated: the later ones stand in for the earlier.")
  private List<String> trackers = new ArrayList<>();

  @Option(
      names = "--piece-size",
      paramLabel = "SIZE",
      converter = Sizes.SizeConverter.class,
      description = "Bytes per piece, such as 256KiB; default: what gives 1000 to 2000 pieces, at least 16KiB.")
  private @Nullable Long pieceSize;

  @Option(names = "--private", description = "Peers may come from these trackers only.")
  private boolean privateTorrent;

  @Option(names = "--comment", paramLabel = "TEXT", description = "A comment for whoever opens the torrent file.")
  private @Nullable String comment;

  @Option(
      names = "--no-date",
      description = "Do not say when it was made, so that the same content always gives the same file.")
  private boolean withoutDate;

  @Option(
      names = {"-f", "--force"},
      description = "Replace the torrent file if there is one.")
  private boolean force;

  CreateCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    MetainfoBuilder builder = MetainfoBuilder.of(path).privateTorrent(privateTorrent);
    trackers.forEach(builder::tracker);
    if (pieceSize != null) {
      // What does not fit an int does not fit the builder's limit either, which says so.
      builder.pieceLength((int) Math.min(Integer.MAX_VALUE, pieceSize));
    }
    if (comment != null) {
      builder.comment(comment);
    }
    if (!withoutDate) {
      builder.creationDate(Instant.now());
    }
    Path target = output != null ? output : defaultOutput();
    if (!force && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw exists(target);
    }
    Path parent = target.toAbsolutePath().getParent();
    if (parent != null) {
      Directories.requireExisting(parent); // before hours of hashing
    }
    Metainfo metainfo;
    try (HashingProgress progress = new HashingProgress(session.stop(), "hashing")) {
      metainfo = builder.progress(progress).write(target, force);
    } catch (FileAlreadyExistsException e) {
      throw exists(target);
    }
    for (Path left : builder.leftOut()) {
      session.print("left out, since it is a link or no file: " + SafeText.of(left.toString()));
    }
    session.print("name       " + SafeText.of(metainfo.name()));
    session.print("size       " + Words.size(metainfo.layout().totalLength()));
    session.print("pieces     " + Words.pieces(metainfo.layout()));
    session.print("info-hash  " + metainfo.infoHash());
    session.print("written    " + SafeText.of(target.toString()));
    return Main.DONE;
  }

  private Path defaultOutput() throws IOException {
    // Of ".", "..", and "/", too: the name that the torrent will have.
    Path name = path.toRealPath(LinkOption.NOFOLLOW_LINKS).getFileName();
    if (name == null) {
      throw CommandException.misused(path + " has no name; say where to write with -o FILE.torrent");
    }
    return Path.of(name + ".torrent");
  }

  private static CommandException exists(Path target) {
    return CommandException.failed(target + " exists already; --force replaces it");
  }
}
