namespace OrleansPool;

/// <summary>What a token allows. The right is part of the lease id, so a token cannot be talked up.</summary>
public enum LeaseRights : byte
{
    /// <summary>Read only: never writes, renews, transfers or frees.</summary>
    Read = 1,

    /// <summary>Everything: read, write, renew, transfer, free.</summary>
    Owner = 2,
}
