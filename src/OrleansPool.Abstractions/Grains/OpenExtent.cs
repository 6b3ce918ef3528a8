namespace OrleansPool.Grains;

/// <summary>An extent as its holder uses it: with the blocks behind it, and the secret of its read-only twin.</summary>
/// <param name="Extent">The extent.</param>
/// <param name="ReadOnlyId">The lease id that allows reading only.</param>
/// <param name="Duration">How long the lease lives without renewal; <see cref="TimeSpan.MaxValue"/> for a kept one.</param>
/// <param name="Runs">Its blocks, in order of their bytes.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.OpenExtent")]
public sealed record OpenExtent(
    [property: Id(0)] LeaseExtent Extent,
    [property: Id(1)] LeaseId ReadOnlyId,
    [property: Id(2)] TimeSpan Duration,
    [property: Id(3)] BlockRun[] Runs);
