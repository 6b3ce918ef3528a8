using OrleansPool.Grains;

namespace OrleansPool.Core.Caching;

/// <summary>A reader that missed the cache. Told once.</summary>
internal interface IFillWaiter
{
    /// <summary>The bytes, or why there are none.</summary>
    /// <param name="status">Ok; Busy to look into the cache again; or why not.</param>
    /// <param name="version">Sequence of the operation that wrote the block last.</param>
    /// <param name="block">All bytes of the block, if Ok. Valid during the call.</param>
    void Filled(OperationStatus status, ulong version, ReadOnlySpan<byte> block);
}
