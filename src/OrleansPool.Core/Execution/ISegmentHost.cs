using OrleansPool.Core.Segments;

namespace OrleansPool.Core.Execution;

/// <summary>What a <see cref="SegmentExecutor"/> needs of the process around it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface ISegmentHost
{
    /// <summary>The moment, on the monotonic clock of all ticks in this process.</summary>
    Tick Now { get; }

    /// <summary>A segment stopped serving, for good, because it found its state broken. Called once, outside the segment.</summary>
    void ReportFault(SegmentExecutor executor, SegmentFaultException fault);

    /// <summary>Calls <see cref="SegmentExecutor.Drain"/> soon, on another thread.</summary>
    void ScheduleDrain(SegmentExecutor executor);

    /// <summary>Wants <see cref="SegmentExecutor.Sweep"/> at some moment. Each call replaces the one before. Called while the segment is owned: it must not call back.</summary>
    void ScheduleSweep(SegmentExecutor executor, Tick at);

    /// <summary>A lease ended, and its blocks are zeroed and can be taken. Called while nobody is kept waiting by it, before the caller who ended it is told.</summary>
    void OnEnded(in EndedLease ended);
}
