using OrleansPool.Core.Segments;

namespace OrleansPool.Simulation.World;

/// <summary>A client asks a silo to carry out an operation.</summary>
internal sealed record ClientRequest(long Token, SegmentId Segment, ulong Epoch, Operation Operation);
