namespace OrleansPool.Grains;

/// <summary>
/// The control face of one node, pinned to its silo: the key is the silo's address (<c>SiloAddress.ToParsableString()</c>).
/// Batched: one call serves many leases. It holds no state; any number of calls may run at once.
/// </summary>
/// <remarks>
/// Every call about memory that is leased names the incarnation that it is meant for; another life of the same address answers
/// <see cref="OperationStatus.WrongIncarnation"/>.
/// Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Alias("OrleansPool.INodePoolGrain")]
public interface INodePoolGrain : IGrainWithStringKey
{
    /// <summary>Most bytes that one call may carry.</summary>
    const int CallBytesMax = 4 << 20;

    /// <summary>Most lock fences that one call may set.</summary>
    const int CallFenceCountMax = 64;

    /// <summary>Takes leases: for each request all of its memory or none.</summary>
    [Alias("Lease")]
    Task<LeaseReply[]> LeaseAsync(LeaseRequest[] requests);

    /// <summary>Gives up places in the queue, for requests whose caller does not want the memory any more.</summary>
    [Alias("Leave")]
    Task LeaveAsync(string pool, Guid[] tickets);

    /// <summary>Looks leases up, for a holder of their token.</summary>
    [Alias("Open")]
    Task<ExtentReply[]> OpenAsync(LeaseExtent[] extents);

    /// <summary>Restarts the leases' durations.</summary>
    [Alias("Renew")]
    Task<OperationStatus[]> RenewAsync(LeaseExtent[] extents);

    /// <summary>Frees leases. Freeing one that is freed already is Fenced.</summary>
    [Alias("Release")]
    Task<OperationStatus[]> ReleaseAsync(LeaseExtent[] extents);

    /// <summary>Raises the leases' generations and answers with the new rights.</summary>
    [Alias("Transfer")]
    Task<ExtentReply[]> TransferAsync(LeaseExtent[] extents);

    /// <summary>Makes leases last until they are freed, as extents of a region. Doing it again changes nothing.</summary>
    [Alias("Keep")]
    Task<ExtentReply[]> KeepAsync(LeaseExtent[] extents, string region);

    /// <summary>Sets lock fences, or forgets those of locks that have ended. Doing it again changes nothing.</summary>
    [Alias("Fence")]
    Task<BlockFenceReply[]> FenceAsync(BlockFence[] fences);

    /// <summary>Opens a session for exactly-once requests in a segment.</summary>
    /// <returns>The session, or zero where there is no such segment.</returns>
    [Alias("OpenSession")]
    Task<ulong> OpenSessionAsync(NodeIncarnation incarnation, SegmentId segment);

    /// <summary>Reads blocks.</summary>
    [Alias("Read")]
    Task<ReadReply> ReadAsync(NodeIncarnation incarnation, BlockRead[] reads);

    /// <summary>
    /// Changes blocks, in order. Where one is not Ok or Mismatch, the rest of the same lease are not tried and answer Busy; writes of other
    /// leases go on. After a write whose bytes are not there, nothing more is tried.
    /// </summary>
    /// <param name="incarnation">The life of the node that is meant.</param>
    /// <param name="writes">What to do.</param>
    /// <param name="bytes">The bytes of all writes of bytes, one after the other.</param>
    [Alias("Write")]
    Task<BlockWriteReply[]> WriteAsync(NodeIncarnation incarnation, BlockWrite[] writes, ReadOnlyMemory<byte> bytes);

    /// <summary>Tells this node another's load, and answers with its own.</summary>
    [Alias("ExchangeLoad")]
    Task<NodeLoad> ExchangeLoadAsync(NodeLoad load);

    /// <summary>What the node holds.</summary>
    [Alias("Describe")]
    Task<NodeReport> DescribeAsync();

    /// <summary>The node's leases that stand out.</summary>
    [Alias("ListLeases")]
    Task<LeaseInfo[]> ListLeasesAsync(LeaseQuery query);
}
