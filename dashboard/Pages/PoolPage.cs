using OrleansPool.Dashboard.Assets;

namespace OrleansPool.Dashboard.Pages;

/// <summary>The document around the sections.</summary>
internal static class PoolPage
{
    public static IReadOnlyList<PageSection> Sections { get; } =
    [
        new("notice", null, NoticeSection.Render),
        new("totals", null, TotalsSection.Render),
        new("nodes", "Nodes", NodesSection.Render),
        new("pools", "Pools", PoolsSection.Render),
        new("largest", "Largest leases", snapshot => LeasesSection.Render(snapshot, snapshot.Largest)),
        new("oldest", "Oldest leases", snapshot => LeasesSection.Render(snapshot, snapshot.Oldest)),
        new("regions", "Regions", RegionsSection.Render),
    ];

    public static Html Render(PageFeed.Rendered rendered)
    {
        Dictionary<string, string> html = rendered.Sections.ToDictionary(section => section.Id, section => section.Html);
        return Html.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>OrleansPool</title>
            <link rel="icon" href="{EmbeddedAsset.Icon.Address}" type="image/svg+xml">
            <link rel="stylesheet" href="{EmbeddedAsset.Style.Address}">
            <script src="{EmbeddedAsset.Script.Address}"></script>
            </head>
            <body data-state="connecting">
            <header>
            <a class="brand" href="/pool"><img src="{EmbeddedAsset.Icon.Address}" alt="" width="28" height="28"><span>OrleansPool</span></a>
            <nav aria-label="Dashboards"><a href="/pool" aria-current="page">Pool</a><a href="/orleans/">Orleans</a></nav>
            <span class="state" role="status" aria-live="polite"><i></i><b id="state">Connecting</b></span>
            <button id="theme" type="button" title="Light, dark, or as the system" aria-label="Theme">Theme: system</button>
            </header>
            <main>
            {Html.Each(Sections, section => Frame(section, html[section.Id]))}
            </main>
            <footer>Figures are read once a second, while a page is open. Ages are counted from when a lease was taken, expiry from its last renewal.</footer>
            </body>
            </html>

            """);
    }

    private static Html Frame(PageSection section, string html)
    {
        var inner = new Html(html.Length, 0);
        inner.AppendLiteral(html);
        return section.Title is null
            ? Html.Of($"""<div id="{section.Id}" data-live>{inner}</div>""")
            : Html.Of($"""<section class="panel" aria-labelledby="{section.Id}-title"><h2 id="{section.Id}-title">{section.Title}</h2><div id="{section.Id}" data-live>{inner}</div></section>""");
    }
}
