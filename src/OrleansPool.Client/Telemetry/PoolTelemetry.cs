using System.Buffers.Binary;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OrleansPool.Client.Telemetry;

/// <summary>
/// What the fabric tells OpenTelemetry: one meter and one activity source, both called <see cref="Name"/>. The same in a silo and in
/// an external client.
/// </summary>
/// <remarks>
/// An operation takes one of three paths: <c>local</c> (the bytes are in this process), <c>cache</c> (they are in this silo's block cache,
/// and their owner has confirmed them) or <c>remote</c> (they came from, or went to, another process). Calls to other processes are
/// timed one by one and have an activity; local ones are sampled, and have neither activity nor tag lookup of their own.
/// </remarks>
public static class PoolTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "OrleansPool";

    /// <summary>The activity source.</summary>
    public static readonly ActivitySource Source = new(Name);

    /// <summary>The meter of what a process does. A node's own state is on a meter of the same name, made by the node.</summary>
    public static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "orleanspool.operation.duration", "s", "How long an operation took; on the local path, of 1 operation in 1,024.");

    private static readonly Counter<long> Operations = Meter.CreateCounter<long>(
        "orleanspool.operations", "{block}", "Blocks read or written.");

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "orleanspool.io", "By", "Bytes read or written.");

    /// <summary>The trace that is current, as its 128 bits; zero for none.</summary>
    public static UInt128 CurrentTrace
    {
        get
        {
            if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } activity) return 0;
            Span<byte> bytes = stackalloc byte[16];
            activity.TraceId.CopyTo(bytes);
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }
    }

    /// <summary>Begins an activity; null unless somebody listens.</summary>
    /// <param name="name">What is done, such as <c>lease</c>.</param>
    /// <param name="pool">The pool it is done to, if one is known.</param>
    /// <param name="kind">Internal, or client for a call to another process.</param>
    public static Activity? Start(string name, string? pool = null, ActivityKind kind = ActivityKind.Internal)
    {
        if (!Source.HasListeners()) return null;
        Activity? activity = Source.StartActivity($"{Name} {name}", kind);
        if (pool is not null) activity?.SetTag("orleanspool.pool", pool);
        return activity;
    }

    /// <summary>Tells how long an operation took.</summary>
    public static void RecordDuration(PoolOperation operation, PoolPath path, TimeSpan duration)
    {
        if (Duration.Enabled) Duration.Record(duration.TotalSeconds, OperationTag(operation), PathTag(path));
    }

    /// <summary>Tells of blocks that were read or written on a path where each call costs far more than the telling.</summary>
    public static void Count(PoolOperation operation, PoolPath path, long blocks, long bytes)
    {
        if (blocks == 0) return;
        if (Operations.Enabled) Operations.Add(blocks, OperationTag(operation), PathTag(path));
        if (Bytes.Enabled) Bytes.Add(bytes, OperationTag(operation), PathTag(path));
    }

    /// <summary>Whether somebody listens to activities.</summary>
    internal static bool IsTraced => Source.HasListeners();

    /// <summary>The moment at which a timed operation begins; zero while nobody listens to durations.</summary>
    internal static long StartTime() => Duration.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>Tells of one block that was read or written, and how long it took.</summary>
    internal static void CountTimed(PoolOperation operation, PoolPath path, long bytes, long startedAt)
    {
        if (startedAt != 0) RecordDuration(operation, path, Stopwatch.GetElapsedTime(startedAt));
        Count(operation, path, 1, bytes);
    }

    /// <summary>The tag of an operation.</summary>
    public static KeyValuePair<string, object?> OperationTag(PoolOperation operation) =>
        new("orleanspool.operation", operation == PoolOperation.Read ? "read" : "write");

    /// <summary>The tag of a path.</summary>
    public static KeyValuePair<string, object?> PathTag(PoolPath path) =>
        new("orleanspool.path", path switch { PoolPath.Local => "local", PoolPath.Cache => "cache", _ => "remote" });
}
