using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import.Feeds;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What stood on lines of its own does so in a body too, and what a body may not have is its nearest.</summary>
public sealed class CleanHtmlTests
{
    [Theory]
    [InlineData("<div>First line</div><div>Second line</div>", "<p>First line</p><p>Second line</p>")]
    [InlineData("First line<div>Second</div><div><br></div><div>Third</div>", "First line<p>Second</p><p>Third</p>")]
    [InlineData("<div>Outer<div>inner</div>tail</div>after", "Outer<p>inner</p>tail<br>after")]
    [InlineData("<h1>Title</h1>Text", "<h2>Title</h2>Text")]
    [InlineData("<h5>Five</h5><h6>Six</h6>", "<h4>Five</h4><h4>Six</h4>")]
    [InlineData("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "<p>Term</p><p>Meaning</p>")]
    [InlineData("<address>Street 1</address><address>Street 2</address>", "<p>Street 1</p><p>Street 2</p>")]
    [InlineData("<pre>line 1\nline 2</pre>", "<pre>line 1\nline 2</pre>")]
    [InlineData("<pre>\n\n\n\n\n\n\n\nafter lines</pre>", "<pre>after lines</pre>")]
    [InlineData("<pre><div>line 1</div><div>line 2</div></pre>", "<pre>line 1<br>line 2</pre>")]
    [InlineData("<xmp>a <b></xmp>", "<pre>a &lt;b&gt;</pre>")]
    [InlineData("<section><header>A</header><article>B</article><footer>C</footer></section>", "<p>A</p><p>B</p><p>C</p>")]
    [InlineData("<main><nav>A</nav><aside>B</aside><hgroup><h1>C</h1><p>D</p></hgroup></main>", "<p>A</p><p>B</p><h2>C</h2><p>D</p>")]
    [InlineData("<fieldset><legend>A</legend>B</fieldset><form>C</form><center>D</center>", "<p>A</p>B<p>C</p><p>D</p>")]
    [InlineData("<details><summary>A</summary>B</details><dialog>C</dialog>", "<p>A</p>B<p>C</p>")]
    [InlineData("one<hr>two", "one<br>two")]
    [InlineData("<li>one</li><li>two</li>", "<p>one</p><p>two</p>")]
    [InlineData("<menu><li>one</li><li>two</li></menu>", "<ul><li>one</li><li>two</li></ul>")]
    [InlineData("<ul><li><div>one</div><div>two</div></li></ul>", "<ul><li>one<br>two</li></ul>")]
    [InlineData("<td>one</td><td>two</td>", "one<br>two")]
    [InlineData("<tr><td class=\"x\">one<tr><TH>two", "one<br>two")]
    [InlineData(
        "<table><tr><td><div>one</div><div>two</div></td></tr></table>",
        "<table><tbody><tr><td>one<br>two</td></tr></tbody></table>"
    )]
    [InlineData("<figcaption>one</figcaption>two", "<p>one</p>two")]
    [InlineData(
        "<figure><div><img src=\"a.jpg\" alt=\"\"></div><figcaption>said</figcaption></figure>",
        "<figure><img src=\"a.jpg\" alt=\"\"><figcaption>said</figcaption></figure>"
    )]
    [InlineData("<blockquote><div>one</div><div>two</div></blockquote>", "<blockquote><p>one</p><p>two</p></blockquote>")]
    [InlineData("<select><option>one</option><option>two</option></select>", "<p>one</p><p>two</p>")]
    [InlineData("<h2><div>one</div><div>two</div></h2>", "<h2>one<br>two</h2>")]
    [InlineData(
        "<a href=\"/a\"><div>one</div></a><a href=\"/b\"><div>two</div></a>",
        "<a href=\"/a\" rel=\"noopener nofollow\">one</a><a href=\"/b\" rel=\"noopener nofollow\"><br>two</a>"
    )]
    [InlineData("<div dir=\"rtl\" lang=\"ar\" class=\"x\">one</div>", "<p lang=\"ar\" dir=\"rtl\">one</p>")]
    [InlineData("<font>one</font><span>two</span>", "onetwo")]
    public void Lines_stay_apart(string written, string clean) => Becomes(written, clean);

    [Theory]
    [InlineData(
        "<p>10<sup>6</sup> people, <b>bold</b>, <i>soft</i></p>",
        "<p>10<sup>6</sup> people, <strong>bold</strong>, <em>soft</em></p>"
    )]
    [InlineData(
        "<p>H<sub>2</sub>O by <code>mix()</code>, <kbd>Enter</kbd>, <tt>tt</tt></p>",
        "<p>H<sub>2</sub>O by <code>mix()</code>, <code>Enter</code>, <code>tt</code></p>"
    )]
    [InlineData("<pre><code>a\n  b\n</code></pre>", "<pre><code>a\n  b\n</code></pre>")]
    [InlineData("<b id=\"docs-internal-guid-1\"><span>Not bold</span></b>", "Not bold")]
    [InlineData("<b><p>Not bold</p><p>either</p></b>", "<p>Not bold</p><p>either</p>")]
    public void What_a_body_may_not_have_is_its_nearest(string written, string clean) => Becomes(written, clean);

    [Theory]
    [InlineData("//www.youtube.com/embed/x?a=1&amp;b=2", "https://www.youtube.com/embed/x?a=1&amp;b=2")]
    [InlineData(" //player.vimeo.com/video/1", "https://player.vimeo.com/video/1")]
    [InlineData("https://www.youtube.com/embed/x", "https://www.youtube.com/embed/x")]
    public void A_listed_player_is_shown_over_https_however_its_address_is_written(string written, string address)
    {
        var clean =
            $"<iframe src=\"{address}\" loading=\"lazy\" referrerpolicy=\"strict-origin-when-cross-origin\" "
            + $"sandbox=\"allow-scripts allow-same-origin allow-popups allow-presentation\"></iframe>";
        Becomes($"<iframe src=\"{written}\">x</iframe>", clean);
        Assert.Equal(clean, CleanHtml.Of($"<iframe src=\"{written}\"></iframe>", "http://127.0.0.1:8080"));
        Assert.Equal(
            clean,
            CleanHtml.Of(Html.Body($"<iframe src=\"{written}\"></iframe>", new("http://old.example/post")))["<p>".Length..^"</p>".Length]
        );
    }

    [Theory]
    [InlineData("//evil.example/x", "")]
    [InlineData("//www.youtube.com.evil.example/x", "")]
    [InlineData("//www.youtube.com:8443/x", "")]
    [InlineData("//evil.example\\@www.youtube.com/x", "")]
    [InlineData("javascript:alert(1)//www.youtube.com", "")]
    [InlineData("https://evil.example/x", "<a href=\"https://evil.example/x\" rel=\"noopener nofollow\">https://evil.example/x</a>")]
    public void Nobody_elses_player_is_shown(string written, string clean) => Becomes($"<iframe src=\"{written}\"></iframe>", clean);

    [Theory]
    [InlineData("<div onclick=\"x()\" style=\"a:b\">one<script>x()</script></div>", "<p>one</p>")]
    [InlineData("<address><a href=\"javascript:x()\">one</a></address>", "<p><a>one</a></p>")]
    [InlineData("<pre><style>x</style><svg><text>y</text></svg>one</pre>", "<pre>one</pre>")]
    [InlineData("<sup><img src=\"javascript:x()\" onerror=\"x()\" alt=\"\"></sup>", "<sup><img alt=\"\"></sup>")]
    [InlineData("<xmp><img src=x onerror=x()></xmp>", "<pre>&lt;img src=x onerror=x()&gt;</pre>")]
    [InlineData("<noscript><p title=\"</noscript><img src=x onerror=x()>\">", "<img src=\"x\">\"&gt;")]
    public void What_was_refused_before_is_refused_within_what_is_kept(string written, string clean) => Becomes(written, clean);

    static void Becomes(string written, string clean)
    {
        Assert.Equal((clean, null), CleanHtml.Try(written));
        Assert.Equal((clean, null), CleanHtml.Try(clean));
        Assert.Equal(
            clean,
            new CopyRequest
            {
                Headline = "h",
                Category = "world",
                Language = "en",
                Body = written,
            }
                .ToCopy(new(BoundsTests.Portal))
                .Body
        );
    }

    [Theory]
    [InlineData("<dl><dt>Term</dt><dd>Meaning</dd></dl>after", "Term Meaning after")]
    [InlineData("<address>Street</address>Town", "Street Town")]
    [InlineData("a<pre>b</pre>c<section>d</section>e<figcaption>f</figcaption>g<hr>h", "a b c d e f g h")]
    [InlineData("<tr><td>one</td><td>two</td></tr>", "one two")]
    [InlineData("10<sup>6</sup> p<b>eople</b>", "106 people")]
    public void In_one_line_of_text_words_of_different_lines_stay_apart(string html, string text) => Assert.Equal(text, Html.Text(html));

    [Theory]
    [InlineData("<address>Street 1</address><address>Street 2</address>", "<p>Street 1</p><p>Street 2</p>")]
    [InlineData("<dl><dt>Term</dt><dd>Meaning</dd></dl>", "<p>Term</p><p>Meaning</p>")]
    [InlineData("<li>one</li><li>two</li>", "<p>one</p><p>two</p>")]
    [InlineData("<font><div>one</div><div>two</div></font>", "<p>one</p><p>two</p>")]
    [InlineData("one<hr>two", "<p>one</p><p>two</p>")]
    [InlineData("<td>one</td><td>two</td>", "<p>one</p><p>two</p>")]
    [InlineData("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>")]
    public void Lines_of_an_import_stay_apart_in_paragraphs(string html, string body)
    {
        Assert.Equal(body, CleanHtml.Of(Html.Body(html, null)));
        Assert.Equal(body, CleanHtml.Of(Html.Body(html, null, linesAreBreaks: true)));
    }

    [Fact]
    public void A_name_is_masked_though_it_is_partly_raised_and_not_over_the_end_of_a_line()
    {
        var masking = Masking.Of(new MaskRequest(null, "CO2 Ltd", "B.", null));
        string Masked(string body) => (string)masking.Of(new System.Text.Json.Nodes.JsonObject { ["body"] = body })!["body"]!;
        Assert.Equal("<p>B.<sub></sub></p>", Masked("<p>CO<sub>2</sub> Ltd</p>"));
        Assert.Equal("<p>CO2</p><p>Ltd</p>", Masked("<p>CO2</p><p>Ltd</p>"));
    }
}
