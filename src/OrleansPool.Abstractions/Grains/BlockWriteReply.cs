namespace OrleansPool.Grains;

/// <summary>The answer to a <see cref="BlockWrite"/>.</summary>
/// <param name="Status">Ok, Mismatch, or why not.</param>
/// <param name="Version">Sequence number of the operation.</param>
/// <param name="Value">The value found by a compare-exchange; the sum after an addition.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.BlockWriteReply")]
public readonly record struct BlockWriteReply(
    [property: Id(0)] OperationStatus Status, [property: Id(1)] ulong Version, [property: Id(2)] long Value);
