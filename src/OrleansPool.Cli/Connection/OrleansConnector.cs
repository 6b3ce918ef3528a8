using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using OrleansPool.Client.Hosting;

namespace OrleansPool.Cli.Connection;

/// <summary>Connects as an external Orleans client.</summary>
internal sealed class OrleansConnector : IFabricConnector
{
    private static readonly TimeSpan ConnectDurationMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ProbeDurationMax = TimeSpan.FromSeconds(3);

    public async Task<FabricSession> ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        await ThrowIfNobodyListensAsync(settings, cancellationToken);
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (settings.Verbose) builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        else builder.Logging.AddProvider(new FallbackNotice(Console.Error)).AddFilter<FallbackNotice>((category, _) => category == FallbackNotice.Category);
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(settings.Gateways);
            client.Configure<ClusterOptions>(cluster =>
            {
                cluster.ClusterId = settings.ClusterId;
                cluster.ServiceId = settings.ClusterId;
            });
            client.AddOrleansPoolClient(settings.Data.ApplyTo);
        });
        IHost host = builder.Build();
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ConnectDurationMax);
            await host.StartAsync(limit.Token).WaitAsync(limit.Token);
            return new FabricSession(host.Services.GetRequiredService<IMemoryFabric>(), new Connection(host));
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested
            && e is OrleansException or OperationCanceledException or TimeoutException or SocketException)
        {
            host.Dispose();
            throw NotConnected(settings, e);
        }
    }

    /// <summary>A closed port is told at once, rather than after Orleans' own patience.</summary>
    private static async Task ThrowIfNobodyListensAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        foreach (System.Net.IPEndPoint gateway in settings.Gateways)
        {
            using var socket = new Socket(gateway.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(ProbeDurationMax);
            try
            {
                await socket.ConnectAsync(gateway, limit.Token);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is SocketException or OperationCanceledException)
            {
                failure = e;
            }
        }

        throw NotConnected(settings, failure);
    }

    private static NotConnectedException NotConnected(ConnectionSettings settings, Exception? cause) => new(
        $"No silo of cluster '{settings.ClusterId}' answers at {string.Join(", ", settings.Gateways.Select(gateway => gateway.ToString()))}. Start one with 'dotnet run --project silo', or name its gateway with --gateway HOST:PORT.",
        cause);

    private sealed class Connection(IHost host) : IAsyncDisposable
    {
        private static readonly TimeSpan StopDurationMax = TimeSpan.FromSeconds(3);

        public async ValueTask DisposeAsync()
        {
            using var limit = new CancellationTokenSource(StopDurationMax);
            try
            {
                await host.StopAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                // The silo is gone: there is nobody to say goodbye to.
            }

            host.Dispose();
        }
    }
}
