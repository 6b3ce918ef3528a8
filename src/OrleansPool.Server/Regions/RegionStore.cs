using Orleans.Storage;

namespace OrleansPool.Server.Regions;

/// <summary>
/// Writes page tables under ETags, and never leaves an outcome unknown: a write whose answer was lost is either found in storage,
/// or overtaken by a later version, after which it cannot take effect any more.
/// </summary>
internal sealed class RegionStore(IPersistentState<RegionState> storage)
{
    private const int ForceCountMax = 5;

    public RegionState Current => storage.State;

    /// <summary>Writes the next version.</summary>
    /// <exception cref="PoolUnavailableException">Storage does not answer; the page table is as it was, or as proposed.</exception>
    public async Task WriteAsync(RegionState proposed)
    {
        long baseVersion = storage.State.Version;
        RegionState attempt = proposed;
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
                    if (storage.State.Writer == attempt.Writer) return;
                    throw new InconsistentStateException(
                        $"Another activation wrote version {storage.State.Version} over version {baseVersion} of this page table.");
                }

                // Not there yet, but it may still arrive. Writing the same table as a later version over the same base settles it:
                // whichever comes second meets a changed ETag.
                attempt = attempt.Next();
                storage.State = attempt;
                await storage.WriteStateAsync();
                return;
            }
            catch (InconsistentStateException e)
            {
                failure = e;
                if (storage.State.Version > baseVersion && storage.State.Writer != attempt.Writer) break;
            }
            catch (Exception e)
            {
                failure = e;
            }
        }

        throw new PoolUnavailableException(
            "The region's page table could not be written, and it is not known whether it was. Open the region again to see.",
            TimeSpan.FromSeconds(1), innerException: failure);
    }

    public Task ReadAsync() => storage.ReadStateAsync();

    public Task ClearAsync() => storage.ClearStateAsync();
}
