namespace OrleansPool.Client.Routing;

/// <summary>
/// Calls of grains that are no node: the directory and regions. What fails below Orleans' or storage's surface becomes an error of
/// the fabric.
/// </summary>
internal static class GrainQuestion
{
    /// <summary>Asks something that changes nothing.</summary>
    /// <exception cref="PoolUnavailableException">Nobody answers.</exception>
    public static async ValueTask<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(cancellationToken);
        }
        catch (Exception e) when (IsForeign(e))
        {
            throw PoolErrors.Silent(e);
        }
    }

    /// <summary>Changes a region.</summary>
    /// <exception cref="PoolUnavailableException">Nobody can be reached; nothing was changed.</exception>
    /// <exception cref="PoolIndeterminateException">It is not known whether the change took effect.</exception>
    public static async ValueTask<T> ChangeAsync<T>(string region, Func<Task<T>> change, CancellationToken cancellationToken)
    {
        try
        {
            return await change().WaitAsync(cancellationToken);
        }
        catch (Exception e) when (IsForeign(e))
        {
            throw NodeCall.IsUnsent(e) ? PoolErrors.Silent(e) : PoolErrors.Unanswered(region, e);
        }
    }

    private static bool IsForeign(Exception e) => e is not (PoolException or ArgumentException or OperationCanceledException);
}
