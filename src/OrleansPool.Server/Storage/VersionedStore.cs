namespace OrleansPool.Server.Storage;

/// <summary>
/// Writes a grain's state under ETags, and never leaves an outcome unknown: a write whose answer was lost is either found in
/// storage, or overtaken by a later version, after which it cannot take effect any more.
/// </summary>
/// <param name="storage">The state.</param>
/// <param name="what">What it is, for errors: "page table".</param>
internal sealed class VersionedStore<TState>(IPersistentState<TState> storage, string what)
    where TState : class, IVersionedState<TState>
{
    private const int ForceCountMax = 5;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public TState Current => storage.State;

    /// <summary>Writes the next version.</summary>
    /// <exception cref="PoolUnavailableException">
    /// Storage does not answer; the state is as it was, or as proposed. Or another activation wrote first, and nothing was changed.
    /// </exception>
    public async Task WriteAsync(TState proposed)
    {
        long baseVersion = storage.State.Version;
        TState attempt = proposed;
        HashSet<Guid> writers = [attempt.Writer]; // any of the attempts may be the one that arrives: they all say the same
        Exception failure;
        try
        {
            storage.State = attempt;
            await storage.WriteStateAsync();
            return;
        }
        catch (Exception e)
        {
            failure = e;
        }

        for (int i = 0; i < ForceCountMax; i++)
        {
            try
            {
                await storage.ReadStateAsync();
                if (storage.State.Version > baseVersion)
                {
                    if (writers.Contains(storage.State.Writer)) return;
                    throw Overtaken(failure);
                }

                // Not there yet, but it may still arrive. Writing the same as a later version over the same base settles it:
                // whichever comes second meets a changed ETag.
                attempt = attempt.Next();
                writers.Add(attempt.Writer);
                storage.State = attempt;
                await storage.WriteStateAsync();
                return;
            }
            catch (Exception e) when (e is not PoolException)
            {
                failure = e;
            }
        }

        throw new PoolUnavailableException(
            $"The region's {what} could not be written, and it is not known whether it was. Open the region again to see.",
            RetryAfter, innerException: failure);
    }

    /// <exception cref="PoolUnavailableException">Storage does not answer.</exception>
    public Task ReadAsync() => GuardAsync(storage.ReadStateAsync);

    /// <exception cref="PoolUnavailableException">Storage does not answer, or holds another version.</exception>
    public Task ClearAsync() => GuardAsync(storage.ClearStateAsync);

    private static async Task GuardAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e)
        {
            throw StorageErrors.Unavailable(e);
        }
    }

    private static PoolUnavailableException Overtaken(Exception cause) => new(
        "The region was changed at the same moment from elsewhere, and nothing of this change was kept. Open the region again and repeat it.",
        RetryAfter, innerException: cause);
}
