namespace OrleansPool;

/// <summary>Which leases a listing shows first.</summary>
public enum LeaseOrder : byte
{
    /// <summary>Those with the most bytes.</summary>
    Largest,

    /// <summary>Those that were taken first.</summary>
    Oldest,
}
