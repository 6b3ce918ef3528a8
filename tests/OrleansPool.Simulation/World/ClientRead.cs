namespace OrleansPool.Simulation.World;

/// <summary>A client asks a silo for bytes of a block: as its primary, or through the cache of whichever silo it asks.</summary>
internal sealed record ClientRead(long Token, SegmentId Segment, int Block, LeaseKey Key, int Offset, int Count, bool IsThroughCache);
