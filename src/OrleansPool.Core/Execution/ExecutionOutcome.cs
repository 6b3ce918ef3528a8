namespace OrleansPool.Core.Execution;

/// <summary>What became of an input that was given to a <see cref="SegmentExecutor"/>.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum ExecutionOutcome
{
    /// <summary>It was carried out on this thread; the result is there.</summary>
    Completed,

    /// <summary>It waits in the inbox; its completion will be told.</summary>
    Queued,

    /// <summary>The inbox is full; nothing happened.</summary>
    InboxFull,
}
