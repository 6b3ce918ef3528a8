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

    /// <summary>Makes it the storage of the silo's page tables.</summary>
    public void Add(ISiloBuilder silo) => silo.Services.AddKeyedSingleton<IGrainStorage>(
        OrleansPoolOptions.StorageName, (services, _) => new Storage(_rows, services.GetRequiredService<DeepCopier>()));

    private sealed record Row(object State, string ETag);

    private sealed class Storage(ConcurrentDictionary<(string Name, GrainId Grain), Row> rows, DeepCopier copier) : IGrainStorage
    {
        public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            bool exists = rows.TryGetValue((stateName, grainId), out Row? row);
            grainState.State = exists ? copier.Copy((T)row!.State) : Activator.CreateInstance<T>();
            grainState.ETag = row?.ETag;
            grainState.RecordExists = exists;
            return Task.CompletedTask;
        }

        public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            var written = new Row(copier.Copy(grainState.State)!, $"{Guid.NewGuid()}");
            bool isWritten = grainState.ETag is null
                ? rows.TryAdd((stateName, grainId), written)
                : rows.TryGetValue((stateName, grainId), out Row? found) && found.ETag == grainState.ETag
                    && rows.TryUpdate((stateName, grainId), written, found);
            if (!isWritten) throw new InconsistentStateException($"The ETag of {stateName} of {grainId} has changed.");
            grainState.ETag = written.ETag;
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        {
            rows.TryRemove((stateName, grainId), out _);
            return ReadStateAsync(stateName, grainId, grainState);
        }
    }
}
