package io.cassandratde.kmip.devserver;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How this server deviates from a full KMIP server, since real ones do, each in its own way.
 *
 * <p>Every setting may be changed while the server runs: a test turns an outage on and off. The
 * default is a server that does everything it can.
 */
public final class DevServerBehaviour {
  /** What happens to a connection before its next request is answered. */
  public enum Connectivity {
    /** Requests are answered. */
    NORMAL,
    /** Connections are accepted and requests read, but nothing is ever answered. */
    SILENT,
    /** Connections, old and new, are closed without an answer. */
    DROPPING
  }

  /** The attributes a server may lack; adding or changing one is refused as an unknown field. */
  public enum Lacking {
    /** Activation, Process Start, Protect Stop and Deactivation Date, as PyKMIP. */
    DATES,
    /** The Protect Stop Date alone, as Vault before 1.11. */
    PROTECT_STOP_DATE,
    /** Attributes whose names begin with {@code x-}. */
    CUSTOM_ATTRIBUTES,
    OBJECT_GROUP,
    APPLICATION_SPECIFIC_INFORMATION
  }

  /** What is done with messages of more than one batch item. */
  public enum Batches {
    /** As asked for. */
    SERVED,
    /** A failed item ends the batch, whatever the client asked for. */
    ENDED_BY_A_FAILURE,
    /** They are invalid messages. */
    REFUSED
  }

  /** Who makes the nonces of GCM, where the client gives one. */
  public enum Nonces {
    /** The client. */
    AS_GIVEN,
    /** The server, which refuses the client's, as under FIPS 140-3. */
    REFUSED,
    /** The server, in the place of the client's. */
    REPLACED
  }

  /** What GCM authenticates, and this server does not. */
  public enum Unauthenticated {
    NOTHING,
    /** It is left out when data are sealed and when they are opened. */
    ADDITIONAL_DATA,
    /** It is made and never compared. */
    TAG
  }

  private volatile Connectivity connectivity = Connectivity.NORMAL;
  private volatile Duration responseDelay = Duration.ZERO;
  private volatile Batches batches = Batches.SERVED;
  private volatile Nonces nonces = Nonces.AS_GIVEN;
  private volatile Unauthenticated unauthenticated = Unauthenticated.NOTHING;
  private volatile boolean tagInData;
  private volatile boolean createActive;
  private volatile boolean timeStamps = true;
  private volatile boolean unknownFilterMatchesAll;
  private volatile int highestVersion = 201;
  private volatile Set<Lacking> lacking = EnumSet.noneOf(Lacking.class);
  private volatile Set<Lacking> dropped = EnumSet.noneOf(Lacking.class);
  private volatile Set<ObjectState> getRefused = EnumSet.noneOf(ObjectState.class);
  private final Map<String, Refusal> refusals = new ConcurrentHashMap<>();
  private final Set<String> unknown = ConcurrentHashMap.newKeySet();
  private final Set<String> purged = ConcurrentHashMap.newKeySet();
  private final LongAdder messages = new LongAdder();
  private final Map<String, LongAdder> served = new ConcurrentHashMap<>();

  private volatile Consumer<String> requestListener = operation -> {};

  private volatile @Nullable String administrator;

  record Refusal(int resultReason, String message) {}

  public DevServerBehaviour connectivity(Connectivity value) {
    connectivity = value;
    return this;
  }

  /**
   * Only the client of this common name may revoke and destroy, and it may do so with the keys of
   * others; null: everyone may with his own.
   */
  public DevServerBehaviour administrator(@Nullable String commonName) {
    administrator = commonName;
    return this;
  }

  boolean isAdministrator(String client) {
    return client.equals(administrator);
  }

  boolean mayEndKeys(String client) {
    return administrator == null || isAdministrator(client);
  }

  /** Every answer waits this long. */
  public DevServerBehaviour responseDelay(Duration value) {
    responseDelay = value;
    return this;
  }

  public DevServerBehaviour batches(Batches value) {
    batches = value;
    return this;
  }

  public DevServerBehaviour nonces(Nonces value) {
    nonces = value;
    return this;
  }

  public DevServerBehaviour unauthenticated(Unauthenticated value) {
    unauthenticated = value;
    return this;
  }

  /** Whether GCM's tag stands at the end of the data, and not in its own field. */
  public DevServerBehaviour tagInData(boolean value) {
    tagInData = value;
    return this;
  }

  /** An object is still located and otherwise not found, as one that goes between two requests. */
  public DevServerBehaviour purgedAfterLocate(String id) {
    purged.add(id);
    return this;
  }

  /** Objects are Active from their creation, whatever dates the client gave. */
  public DevServerBehaviour createActive(boolean value) {
    createActive = value;
    return this;
  }

  /** Whether response headers carry a Time Stamp. */
  public DevServerBehaviour timeStamps(boolean value) {
    timeStamps = value;
    return this;
  }

  /** A Locate filter on an attribute that this server lacks matches everything, as in PyKMIP. */
  public DevServerBehaviour unknownFilterMatchesAll(boolean value) {
    unknownFilterMatchesAll = value;
    return this;
  }

  /** The newest protocol version spoken, e.g. {@code highestVersion(1, 4)}. */
  public DevServerBehaviour highestVersion(int major, int minor) {
    highestVersion = major * 100 + minor;
    return this;
  }

  public DevServerBehaviour lacking(Lacking... what) {
    Set<Lacking> set = EnumSet.noneOf(Lacking.class);
    set.addAll(Set.of(what));
    lacking = set;
    return this;
  }

  /** What new objects are given of these attributes is forgotten without a word. */
  public DevServerBehaviour droppingSilently(Lacking... what) {
    Set<Lacking> set = EnumSet.noneOf(Lacking.class);
    set.addAll(Set.of(what));
    dropped = set;
    return this;
  }

  /** Get is refused (Permission Denied) for objects in these states. */
  public DevServerBehaviour refuseGetIn(ObjectState... states) {
    Set<ObjectState> set = EnumSet.noneOf(ObjectState.class);
    set.addAll(Set.of(states));
    getRefused = set;
    return this;
  }

  /**
   * Refuses an operation from now on.
   *
   * @param operation its name in the specification without blanks, e.g. {@code "ReKey"}
   * @param resultReason the KMIP Result Reason code to answer with, e.g. 5 for Operation Not
   *     Supported
   */
  public DevServerBehaviour refuse(String operation, int resultReason, String message) {
    refusals.put(operation, new Refusal(resultReason, message));
    return this;
  }

  /** Does not know this operation, and tells so to Query too. */
  public DevServerBehaviour lackingOperation(String operation) {
    unknown.add(operation);
    return this;
  }

  /** Takes back {@link #lackingOperation}. */
  public DevServerBehaviour knowingAll() {
    unknown.clear();
    return this;
  }

  boolean knows(String operation) {
    return !unknown.contains(operation);
  }

  /** Takes back {@link #refuse}. */
  public DevServerBehaviour allow(String operation) {
    refusals.remove(operation);
    return this;
  }

  /**
   * Tells of each operation before it is carried out. No lock is held meanwhile: while the listener
   * waits, that client waits, and no other.
   *
   * @param listener takes the operation's name as in {@link #refuse}
   */
  public DevServerBehaviour onRequest(Consumer<String> listener) {
    requestListener = listener;
    return this;
  }

  /** How many requests for this operation came in, refused ones included. */
  public long received(String operation) {
    LongAdder adder = served.get(operation);
    return adder == null ? 0 : adder.sum();
  }

  /** How many messages came in; a batch is one. */
  public long messages() {
    return messages.sum();
  }

  void countMessage() {
    messages.increment();
  }

  void count(String operation) {
    served.computeIfAbsent(operation, name -> new LongAdder()).increment();
  }

  void arriving(String operation) {
    requestListener.accept(operation);
  }

  Connectivity connectivity() {
    return connectivity;
  }

  Batches batches() {
    return batches;
  }

  Nonces nonces() {
    return nonces;
  }

  boolean ignores(Unauthenticated what) {
    return unauthenticated == what;
  }

  boolean tagInData() {
    return tagInData;
  }

  boolean isPurged(String id) {
    return purged.contains(id);
  }

  Duration responseDelay() {
    return responseDelay;
  }

  boolean createActive() {
    return createActive;
  }

  boolean timeStamps() {
    return timeStamps;
  }

  boolean unknownFilterMatchesAll() {
    return unknownFilterMatchesAll;
  }

  /** Major * 100 + minor. */
  int highestVersion() {
    return highestVersion;
  }

  boolean lacks(Lacking what) {
    return lacking.contains(what);
  }

  boolean drops(@Nullable Lacking what) {
    return what != null && dropped.contains(what);
  }

  boolean refusesGetIn(ObjectState state) {
    return getRefused.contains(state);
  }

  @Nullable Refusal refusalOf(String operation) {
    return refusals.get(operation);
  }
}
