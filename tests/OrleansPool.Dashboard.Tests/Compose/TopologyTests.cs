using System.Net;
using OrleansPool.Cluster.Tests.Processes;

namespace OrleansPool.Dashboard.Tests.Compose;

/// <summary>The topology of docker-compose.yml as plain processes: the same settings, on ports and addresses of this machine.</summary>
public sealed class TopologyTests
{
    private readonly ComposeFile _compose = ComposeFile.Read();

    [Fact]
    public async Task It_starts_is_healthy_by_its_own_checks_shows_three_nodes_and_stops_in_its_grace_periods()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        string cluster = "compose-" + Guid.NewGuid().ToString("N")[..8];
        List<(string Service, SiloProcess Silo)> silos = [];
        try
        {
            foreach (string service in _compose.Silos)
            {
                silos.Add((service, await SiloProcess.StartAsync(_compose.Settings(service)["NodeName"], cluster, Settings(service, redis))));
            }

            await using DashboardProcess dashboard = await DashboardProcess.StartAsync(cluster, Settings("dashboard", redis));
            using var http = new HttpClient();
            foreach ((string service, SiloProcess silo) in silos)
            {
                await IsOkAsync(http, new UriBuilder(_compose.HealthCheck(service)) { Port = silo.DashboardPort }.Uri);
            }

            await IsOkAsync(http, new UriBuilder(_compose.HealthCheck("dashboard")) { Port = dashboard.Port }.Uri);
            await Eventually.TrueAsync(
                async () =>
                {
                    string page = await http.GetStringAsync($"{dashboard.Address}/pool");
                    return silos.TrueForAll(silo => page.Contains($"data-node=\"{silo.Silo.Name}\"", StringComparison.Ordinal));
                },
                "the dashboard shows the three nodes");

            await StopsAsync(dashboard.Process, "dashboard");
            foreach ((string service, SiloProcess silo) in silos) await StopsAsync(silo.Process, service);
        }
        finally
        {
            foreach ((_, SiloProcess silo) in silos) await silo.DisposeAsync();
        }
    }

    private static async Task IsOkAsync(HttpClient http, Uri address) =>
        await Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage answer = await http.GetAsync(address);
                return answer.StatusCode == HttpStatusCode.OK;
            },
            $"{address} answers 200");

    private async Task StopsAsync(ChildProcess process, string service)
    {
        await process.SignalAsync("TERM");
        Assert.Equal(0, await process.ExitCodeAsync().WaitAsync(_compose.StopGracePeriod(service)));
    }

    /// <summary>The service's settings but for where things are, and less memory.</summary>
    private string[] Settings(string service, RedisServer redis)
    {
        Dictionary<string, string> settings = _compose.Settings(service);
        settings["Redis"] = redis.Address;
        settings["DashboardAddress"] = "127.0.0.1";
        if (settings.ContainsKey("Address")) settings["Address"] = "127.0.0.1";
        if (settings.ContainsKey("Capacity")) settings["Capacity"] = "64MiB";
        foreach (string given in new[] { "SiloPort", "GatewayPort", "DashboardPort", "ClusterId", "ServiceId", "NodeName" }) settings.Remove(given);
        return [.. settings.SelectMany(setting => new[] { $"--OrleansPool:{setting.Key}", setting.Value })];
    }
}
