using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using OrleansPool.Server.Hosting;

namespace OrleansPool.Server.Tests;

/// <summary>Grain storage outside of every silo, as a database is: what it holds outlives the silo that wrote it. Under ETags.</summary>
public sealed class LastingNames
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), Row> _rows = new();
    private volatile bool _isSilent;

    /// <summary>While it is true, writes are carried out and nobody hears of it; reads are not answered at all.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Makes it the storage of the silo's page tables.</summary>
    public void Add(ISiloBuilder silo) => silo.Services.AddKeyedSingleton<IGrainStorage>(
        OrleansPoolOptions.StorageName, (services, _) => new Storage(this, services.GetRequiredService<DeepCopier>()));

    private sealed record Row(object State, string ETag);

    private sealed class Storage(LastingNames names, DeepCopier copier) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            ThrowIfSilent();
            bool exists = names._rows.TryGetValue((stateName, grainId), out Row? row);
            grainState.State = exists ? copier.Copy((T)row!.State) : Activator.CreateInstance<T>();
            grainState.ETag = row?.ETag;
            grainState.RecordExists = exists;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var written = new Row(copier.Copy(grainState.State)!, $"{Guid.NewGuid()}");
            bool isWritten = grainState.ETag is null
                ? names._rows.TryAdd((stateName, grainId), written)
                : names._rows.TryGetValue((stateName, grainId), out Row? found) && found.ETag == grainState.ETag
                    && names._rows.TryUpdate((stateName, grainId), written, found);
            if (!isWritten) throw new InconsistentStateException($"The ETag of {stateName} of {grainId} has changed.");
            ThrowIfSilent();
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            names._rows.TryRemove((stateName, grainId), out _);
            return ReadStateAsync(stateName, grainId, grainState);
        }

        private void ThrowIfSilent()
        {
            if (names.IsSilent) throw new IOException("Storage does not answer.");
        }
    }
}
