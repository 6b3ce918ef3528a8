using OrleansPool.Core.Wire;

namespace OrleansPool.Transport.Server;

/// <summary>What happened to a listener's connections since it began. Thread-safe.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ListenerCounters
{
    private readonly long[] _refused = new long[(int)RefusalReason.Fault + 1];
    private readonly long[] _ended = new long[(int)RefusalReason.Fault + 1];
    private long _admitted;

    /// <summary>Connections that were served.</summary>
    public long AdmittedCount => Interlocked.Read(ref _admitted);

    /// <summary>Connections that were refused, for one reason.</summary>
    public long RefusedCount(RefusalReason reason) => Interlocked.Read(ref _refused[(int)reason]);

    /// <summary>Connections that ended after they were served, for one reason; <see cref="RefusalReason.Unknown"/> where the other end just left.</summary>
    public long EndedCount(RefusalReason reason) => Interlocked.Read(ref _ended[(int)reason]);

    internal void Admit() => Interlocked.Increment(ref _admitted);

    internal void Refuse(RefusalReason reason) => Interlocked.Increment(ref _refused[(int)reason]);

    internal void End(RefusalReason reason) => Interlocked.Increment(ref _ended[(int)reason]);
}
