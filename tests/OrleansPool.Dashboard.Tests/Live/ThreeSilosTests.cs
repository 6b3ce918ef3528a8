using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Dashboard.Tests.Browsers;

namespace OrleansPool.Dashboard.Tests.Live;

/// <summary>The dashboard by itself, a client of three silos, in a real browser.</summary>
public sealed class ThreeSilosTests
{
    [Fact]
    public async Task A_skewed_load_shows_on_both_dashboards_and_a_silo_that_dies_leaves_the_page()
    {
        await using ThreeSilos silos = await ThreeSilos.StartAsync("64MiB");
        await using DashboardProcess dashboard = await DashboardProcess.StartAsync(silos.Cluster, "--OrleansPool:Redis", silos.Redis);
        await using FabricClient client = await silos.ConnectAsync(1);
        await using MemoryLease lease = await LeaseElsewhereAsync(client, silos.Silos[1].Name);
        NodeReport loaded = (await client.Fabric.DescribeAsync()).Nodes.Single(node => node.Node == lease.Nodes[0]);
        await using var load = new SteadyLoad(lease);
        using Browser browser = Browser.Start();

        browser.Open($"{dashboard.Address}/pool");
        browser.Until("document.querySelectorAll('[data-node]').length === 3");
        browser.Until($"Number(document.querySelector('[data-node={loaded.Name}]').dataset.leased) === {40 << 20}");
        browser.Until($"[...document.querySelectorAll('[data-node]')].every(row => row.dataset.node === '{loaded.Name}' || row.dataset.leased === '0')");
        browser.Until($"parseFloat(document.querySelector('[data-node={loaded.Name}] td:nth-last-child(2)').textContent) > 10");
        browser.Until("document.querySelector('#largest .name').textContent === 'skewed'");
        browser.Picture("skewed-light");
        browser.Prefer("dark");
        browser.Picture("skewed-dark");

        // By way of the list of grains: a grain's page of Orleans cannot be drawn, and says so, until the counters are there as well.
        const string Grain = "#/grain/OrleansPool.Server.Grains.NodePoolGrain";
        browser.Open($"{dashboard.Address}/orleans/#/grains");
        browser.Until($"document.querySelector('a[href=\"{Grain}\"]') !== null");
        browser.Open($"{dashboard.Address}/orleans/{Grain}");
        browser.Until(MostCallsOn(loaded.Node.Silo));
        browser.Picture("skewed-orleans");
        Assert.Empty(browser.Complaints());

        await load.DisposeAsync();
        browser.Open($"{dashboard.Address}/pool");
        browser.Until("document.body.dataset.state === 'live'");
        await silos.Silos.Single(silo => silo.Name == loaded.Name).Process.KillAsync();
        browser.Until($"document.querySelectorAll('[data-node]').length === 2 && !document.querySelector('[data-node={loaded.Name}]')");
        browser.Until("document.getElementById('total-leases').textContent === '0' && document.querySelector('#notice').textContent === ''");
        Assert.Equal("Live", browser.Text("#state"));
        Assert.Empty(browser.Complaints());
    }

    /// <summary>Takes memory of a silo other than the one that the client speaks with, so that its calls show there.</summary>
    private static async Task<MemoryLease> LeaseElsewhereAsync(FabricClient client, string gateway)
    {
        NodeId near = (await client.Fabric.DescribeAsync()).Nodes.Single(node => node.Name == gateway).Node;
        while (true)
        {
            MemoryLease lease = await client.Fabric.LeaseAsync(40 << 20, new LeaseOptions { Owner = "skewed" });
            if (lease.Nodes.Count == 1 && lease.Nodes[0] != near) return lease;
            await lease.DisposeAsync();
        }
    }

    /// <summary>In the table of silos of one grain: the throughput of a silo is the highest of all by far.</summary>
    private static string MostCallsOn(SiloAddress silo) => $$"""
        (() => {
          const calls = {};
          for (const row of document.querySelectorAll('table tr')) {
            const link = row.querySelector('a[href^="#/host/"]');
            if (link) calls[link.textContent.trim()] = parseFloat(row.children[3].textContent);
          }
          const of = calls['{{silo.ToParsableString()}}'];
          return of > 0 && Object.keys(calls).length === 3 && Object.values(calls).filter(other => other * 3 >= of).length === 1;
        })()
        """;

    /// <summary>Writes to a lease and renews it until disposed. The bytes go by the data port, which Orleans' own page does not see; renewals are grain calls.</summary>
    private sealed class SteadyLoad : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _writing;

        public SteadyLoad(MemoryLease lease) => _writing = Task.Run(async () =>
        {
            byte[] bytes = new byte[4096];
            while (!_stopping.IsCancellationRequested)
            {
                await lease.WriteAsync(0, bytes);
                await lease.RenewAsync();
            }
        });

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            await _writing;
        }
    }
}
