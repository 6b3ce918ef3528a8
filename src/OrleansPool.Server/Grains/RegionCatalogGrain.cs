using Orleans.Storage;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Regions;
using OrleansPool.Server.Storage;

namespace OrleansPool.Server.Grains;

/// <summary>One bucket of region names. Written under its ETag, so two activations at once are harmless.</summary>
internal sealed class RegionCatalogGrain(
    [PersistentState("catalog", OrleansPoolOptions.StorageName)] IPersistentState<CatalogState> state) : Grain, IRegionCatalogGrain
{
    private const int WriteCountMax = 5;

    public Task AddAsync(string name) => ChangeAsync(names =>
    {
        int at = names.BinarySearch(name, StringComparer.Ordinal);
        if (at < 0) names.Insert(~at, name);
        return at < 0;
    });

    public Task RemoveAsync(string name) => ChangeAsync(names =>
    {
        int at = names.BinarySearch(name, StringComparer.Ordinal);
        if (at >= 0) names.RemoveAt(at);
        return at >= 0;
    });

    public Task<string[]> ListAsync() => Task.FromResult<string[]>([.. state.State.Names]);

    /// <summary>Makes a change; starts again from storage when another activation wrote first.</summary>
    private async Task ChangeAsync(Func<List<string>, bool> change)
    {
        for (int writes = 1; ; writes++)
        {
            List<string> names = [.. state.State.Names];
            if (!change(names)) return;
            state.State = new CatalogState { Names = names };
            try
            {
                await state.WriteStateAsync();
                return;
            }
            catch (InconsistentStateException) when (writes < WriteCountMax)
            {
                await state.ReadStateAsync();
            }
            catch (Exception e)
            {
                DeactivateOnIdle();
                throw StorageErrors.Unavailable(e);
            }
        }
    }
}
