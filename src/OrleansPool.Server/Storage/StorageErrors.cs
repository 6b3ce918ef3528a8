using OrleansPool.Client.Routing;

namespace OrleansPool.Server.Storage;

/// <summary>What storage failures become for users.</summary>
internal static class StorageErrors
{
    /// <summary>Storage did not do what it was asked.</summary>
    public static PoolUnavailableException Unavailable(Exception cause) => new(
        $"The storage that holds names and page tables of regions does not answer as it should: {cause.Message} Check the grain storage provider, and try again.",
        PoolErrors.RetryAfter, innerException: cause);
}
