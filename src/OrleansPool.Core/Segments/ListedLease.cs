namespace OrleansPool.Core.Segments;

/// <summary>A lease as LIST LEASES tells it.</summary>
/// <param name="Id">The owner's id of it. A secret: what leaves the node shows its first digits only.</param>
/// <param name="BlockCount">How many blocks it has.</param>
/// <param name="Owner">The label that its holder gave.</param>
/// <param name="Region">The region that keeps it; null for a lease.</param>
/// <param name="Age">How long ago it was taken, to the second.</param>
/// <param name="ExpiresIn">When it runs out unless renewed; <see cref="TimeSpan.MaxValue"/> for a kept one.</param>
/// <param name="Trace">The trace in which it was taken; zero for none.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct ListedLease(
    LeaseId Id, int BlockCount, string Owner, string? Region, TimeSpan Age, TimeSpan ExpiresIn, UInt128 Trace);
