using OrleansPool.Core.Replication;
using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.World;

/// <summary>A silo answers a client.</summary>
/// <param name="Token">Which attempt.</param>
/// <param name="Result">The result; of a read, its sequence is the version of the bytes.</param>
/// <param name="Bytes">What was read.</param>
/// <param name="Row">The row as the silo knows it, with a refusal.</param>
internal sealed record ClientReply(long Token, OperationResult Result, byte[]? Bytes, SegmentRow? Row);
