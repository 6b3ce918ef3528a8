namespace OrleansPool.Core.Segments;

/// <summary>A lease as its holder sees it.</summary>
/// <param name="Key">The owner's right.</param>
/// <param name="ReadOnlyId">The lease id that allows reading only.</param>
/// <param name="BlockCount">How many blocks it has.</param>
/// <param name="Duration">How long it lives without renewal; <see cref="TimeSpan.MaxValue"/> if kept.</param>
/// <param name="Runs">Its blocks, in order of their bytes.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct LeaseView(LeaseKey Key, LeaseId ReadOnlyId, int BlockCount, TimeSpan Duration, BlockRun[] Runs);
