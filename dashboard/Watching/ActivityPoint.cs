namespace OrleansPool.Dashboard.Watching;

/// <summary>How busy the whole fabric was at one moment.</summary>
/// <param name="OperationsPerSecond">Operations a second.</param>
/// <param name="BytesPerSecond">Bytes a second.</param>
/// <param name="LeasedBytes">Bytes in leases.</param>
/// <param name="Exhaustions">Requests turned down since the nodes started.</param>
internal readonly record struct ActivityPoint(double OperationsPerSecond, double BytesPerSecond, long LeasedBytes, long Exhaustions);
