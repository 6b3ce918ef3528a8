namespace OrleansPool.Server.Nodes;

/// <summary>A limit that refused something; none by default.</summary>
internal readonly record struct LimitHit(PoolLimit Limit, long Held, long Max);
