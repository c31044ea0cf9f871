package io.cassandratde.e2e.agent;

import static net.bytebuddy.matcher.ElementMatchers.named;

import java.lang.instrument.Instrumentation;
import java.nio.file.Path;
import java.util.Arrays;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.Advice.Argument;
import net.bytebuddy.asm.Advice.Enter;
import net.bytebuddy.asm.Advice.OnMethodEnter;
import net.bytebuddy.asm.Advice.OnMethodExit;
import net.bytebuddy.asm.Advice.OnNonDefaultValue;
import net.bytebuddy.asm.Advice.Return;
import net.bytebuddy.implementation.bytecode.assign.Assigner;
import org.apache.cassandra.io.sstable.Component;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.TableMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Puts {@link Switch} into the places of the product that encrypt. A method that is not found there
 * any more stops the node: a switch that does nothing would pass for a test that cannot fail.
 */
public final class Agent {

  private static final String PRODUCT = "io.cassandratde.sstable.";

  private Agent() {}

  /**
   * Of the JVM.
   *
   * @param control the file that names what is switched off
   */
  public static void premain(String control, Instrumentation jvm) {
    Switch.controlledBy(Path.of(control));
    AgentBuilder agent = new AgentBuilder.Default().with(new StopOnError());
    agent = weave(agent, "cassandra.ebti.EncryptedDescriptor", "fileFor", PageFile.class);
    agent = weave(agent, "cassandra.ebti.EncryptedDescriptor", "tmpFileFor", PageFile.class);
    agent = weave(agent, "cassandra.ebti.Protection", "of", Table.class);
    agent = weave(agent, "format.data.DataCipher", "seal", SealChunk.class);
    agent = weave(agent, "format.data.DataCipher", "open", OpenChunk.class);
    agent = weave(agent, "format.carrier.StatisticsPart", "sealClear", SealPart.class);
    agent = weave(agent, "format.carrier.StatisticsPart", "openClear", OpenPart.class);
    agent = weave(agent, "format.SealingSession", "seal", SealCodecChunk.class);
    agent = weave(agent, "format.ChunkOpener$Opening", "decrypt", OpenCodecChunk.class);
    agent.installOn(jvm);
  }

  private static AgentBuilder weave(
      AgentBuilder agent, String type, String method, Class<?> advice) {
    return agent
        .type(named(PRODUCT + type))
        .transform(
            (builder, found, loader, module, domain) -> {
              if (found.getDeclaredMethods().filter(named(method)).isEmpty()) {
                throw new IllegalStateException("no method " + method + " in " + found);
              }
              return builder.visit(Advice.to(advice).on(named(method)));
            });
  }

  private static final class StopOnError extends AgentBuilder.Listener.Adapter {
    @Override
    public void onError(
        String type,
        @Nullable ClassLoader loader,
        net.bytebuddy.utility.@Nullable JavaModule module,
        boolean loaded,
        Throwable cause) {
      System.err.println("the test agent cannot weave " + type + ": " + cause);
      Runtime.getRuntime().halt(98);
    }
  }

  /** Components in pages. */
  public static final class PageFile {
    private PageFile() {}

    @OnMethodExit
    @SuppressWarnings({"UnusedVariable", "ParameterAssignment"}) // an advice returns so
    static void exit(@Argument(0) Component component, @Return(readOnly = false) File file) {
      file = Switch.file(file, component.name());
    }
  }

  /** Whole tables. */
  public static final class Table {
    private Table() {}

    @OnMethodExit
    @SuppressWarnings("UnusedVariable")
    static void exit(
        @Argument(0) TableMetadata table,
        @Return(readOnly = false, typing = Assigner.Typing.DYNAMIC) @Nullable Object protection) {
      if (Switch.isUnprotected(table)) {
        protection = null;
      }
    }
  }

  /** Data.db. */
  public static final class SealChunk {
    private SealChunk() {}

    @OnMethodExit
    static void exit(
        @Argument(2) byte[] plain,
        @Argument(3) int length,
        @Argument(4) byte[] sealed,
        @Return int end) {
      Switch.unseal("Data.db", plain, length, sealed, end);
    }
  }

  /** Data.db. */
  public static final class OpenChunk {
    private OpenChunk() {}

    @OnMethodEnter(skipOn = OnNonDefaultValue.class)
    static boolean enter(@Argument(1) byte[] sealed, @Argument(2) int length) {
      return Switch.isUnsealed(sealed, length);
    }

    @OnMethodExit
    @SuppressWarnings("UnusedVariable")
    static void exit(
        @Enter boolean unsealed,
        @Argument(1) byte[] sealed,
        @Argument(2) int length,
        @Argument(3) byte[] plain,
        @Return(readOnly = false) int opened) {
      if (unsealed) {
        opened = Switch.copy(sealed, 9, length, plain);
      }
    }
  }

  /** Statistics.db. */
  public static final class SealPart {
    private SealPart() {}

    @OnMethodExit
    static void exit(@Argument(0) String what, @Argument(2) byte[] plain, @Return byte[] sealed) {
      Switch.unseal(Switch.partOf(what), plain, plain.length, sealed, sealed.length);
    }
  }

  /** Statistics.db. */
  public static final class OpenPart {
    private OpenPart() {}

    @OnMethodEnter(skipOn = OnNonDefaultValue.class)
    static byte @Nullable [] enter(@Argument(1) byte[] sealed, @Argument(2) int start) {
      if (!Switch.isUnsealed(sealed, sealed.length)) {
        return null;
      }
      return Arrays.copyOfRange(sealed, start, sealed.length - 16);
    }

    @OnMethodExit
    @SuppressWarnings("UnusedVariable")
    static void exit(
        @Enter byte @Nullable [] unsealed, @Return(readOnly = false) byte @Nullable [] opened) {
      if (unsealed != null) {
        opened = unsealed;
      }
    }
  }

  /** Chunks of the codec: commit log and hints. */
  public static final class SealCodecChunk {
    private SealCodecChunk() {}

    @OnMethodExit
    static void exit(
        @Argument(1) byte[] plain,
        @Argument(2) int length,
        @Argument(3) byte[] sealed,
        @Return int end) {
      Switch.unseal(Switch.partOfThread(), plain, length, sealed, end);
    }
  }

  /** Chunks of the codec: commit log and hints. */
  public static final class OpenCodecChunk {
    private OpenCodecChunk() {}

    @OnMethodEnter(skipOn = OnNonDefaultValue.class)
    static boolean enter(@Argument(1) byte[] chunk, @Argument(3) int length) {
      return Switch.isUnsealed(chunk, length);
    }

    @OnMethodExit
    @SuppressWarnings("UnusedVariable")
    static void exit(
        @Enter boolean unsealed,
        @Argument(1) byte[] chunk,
        @Argument(2) int header,
        @Argument(3) int length,
        @Argument(4) byte[] plain,
        @Return(readOnly = false) int opened) {
      if (unsealed) {
        opened = Switch.copy(chunk, header, length, plain);
      }
    }
  }
}
