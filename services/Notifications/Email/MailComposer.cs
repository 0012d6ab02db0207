using System.Globalization;
using System.Net;
using System.Text;
using MimeKit;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// The mails. Each is there as text and as HTML (RFC 2046, section 5.1.4), and says by which list it came (RFC 2919), how to leave that by
/// one click (RFC 8058) and that a machine wrote it (RFC 3834).
/// </summary>
public sealed class MailComposer(EmailOptions options, PortalOptions portal, TimeProvider clock)
{
    const string ConfirmPath = "/api/subscriptions/confirm";
    const string UnsubscribePath = "/api/subscriptions/unsubscribe";

    /// <param name="part">What tells it from others to the same subscription, and is the same when it is sent again.</param>
    public string MessageId(Guid subscription, string part) => $"{part}.{subscription:N}@{options.Sender.Domain}";

    public MimeMessage Confirmation(Subscription subscription, EmailTarget target)
    {
        var words = Words.Of(target.Language);
        var link = Link(ConfirmPath, subscription, target);
        var asked = Text(words.ConfirmText, portal.Name, target.Frequency == EmailTarget.Daily ? words.Daily : words.Breaking);
        var ignore = Text(words.ConfirmIgnore, options.ConfirmHours);
        return Letter(
            subscription,
            target,
            Text(words.ConfirmSubject, portal.Name),
            MessageId(subscription.Id, "confirm"),
            new Body().Paragraph(asked).Link(words.ConfirmButton, link).Paragraph(ignore)
        );
    }

    /// <param name="part">Of the digest, as in <see cref="MessageId"/>.</param>
    public MimeMessage Daily(Subscription subscription, EmailTarget target, Digest digest, string part)
    {
        var words = Words.Of(target.Language);
        var zone = TimeZoneInfo.FindSystemTimeZoneById(target.Zone!);
        var culture = CultureInfo.GetCultureInfo(target.Language);
        var body = new Body();
        Section(words.AmendedTitle, digest.Amended, amended => Tell(body, words, amended));
        Section(words.NewsTitle, digest.News, Story);
        if (digest.More > 0)
        {
            body.Link(Text(words.More, digest.More), portal.Absolute($"/{target.Language}/all"));
        }
        Section(words.UpdatedTitle, digest.Updated, Story);
        return Letter(
            subscription,
            target,
            Text(words.DigestSubject, portal.Name, TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).ToString("D", culture)),
            MessageId(subscription.Id, part),
            body
        );

        void Section<T>(string title, IReadOnlyList<T> items, Action<T> tell)
        {
            if (items.Count > 0)
            {
                body.Title(title, culture);
                foreach (var item in items)
                {
                    tell(item);
                }
            }
        }

        void Story(LineItem item) =>
            body.Story(
                item.Headline,
                portal.Absolute(item.Url),
                $"{portal.CategoryName(item.Category, target.Language)} · "
                    + TimeZoneInfo.ConvertTime(item.PublishedAt, zone).ToString("g", culture),
                item.Summary
            );
    }

    /// <param name="first">The Message-ID of the first mail about the story, which this one follows (RFC 5322, section 3.6.4); null for the
    /// first.</param>
    public MimeMessage Breaking(
        Subscription subscription,
        EmailTarget target,
        LineItem item,
        Amended? amended,
        string messageId,
        string? first
    )
    {
        var words = Words.Of(target.Language);
        var body = new Body();
        if (amended is null)
        {
            body.Story(item.Headline, portal.Absolute(item.Url), "", item.Summary).Link(words.Read, portal.Absolute(item.Url));
        }
        else
        {
            Tell(body, words, amended);
        }
        var letter = Letter(
            subscription,
            target,
            Text(
                amended switch
                {
                    null => words.BreakingSubject,
                    { Withdrawn: true } => words.WithdrawnSubject,
                    _ => words.CorrectionSubject,
                },
                item.Headline
            ),
            messageId,
            body
        );
        if (first is not null)
        {
            letter.InReplyTo = first;
            letter.References.Add(first);
        }
        return letter;
    }

    void Tell(Body body, Words words, Amended amended)
    {
        if (amended.Withdrawn)
        {
            body.Story(amended.Article.Headline, null, "", "")
                .Paragraph($"{words.Withdrawn} {string.Join(' ', amended.Reasons)}".TrimEnd());
            return;
        }
        body.Story(amended.Article.Headline, portal.Absolute(amended.Article.Url), "", "");
        foreach (var note in amended.Reasons)
        {
            body.Paragraph($"{words.Correction}: {note}");
        }
        body.Paragraph(amended.Article.Summary);
    }

    MimeMessage Letter(Subscription subscription, EmailTarget target, string subject, string messageId, Body body)
    {
        var words = Words.Of(target.Language);
        var leave = Link(UnsubscribePath, subscription, target);
        var letter = new MimeMessage
        {
            Subject = OneLine(subject),
            Date = clock.GetUtcNow(),
            MessageId = messageId,
        };
        letter.From.Add(options.Sender);
        letter.To.Add(new MailboxAddress("", target.Address));
        letter.Headers.Add(HeaderId.ListId, $"{portal.Name} <{target.Frequency}.{target.Language}.{new Uri(portal.PublicUrl).IdnHost}>");
        letter.Headers.Add(HeaderId.ListUnsubscribe, $"<{leave}>");
        letter.Headers.Add(HeaderId.ListUnsubscribePost, "List-Unsubscribe=One-Click");
        letter.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        letter.Headers.Add(HeaderId.ContentLanguage, target.Language);
        letter.Body = body.End(target.Language, subject, portal.Name, portal.Absolute($"/{target.Language}"), words.Unsubscribe, leave);
        return letter;
    }

    string Link(string path, Subscription subscription, EmailTarget target) =>
        portal.Absolute($"{path}?token={target.Link(subscription.Id)}");

    static string Text(string format, params object[] values) => string.Format(CultureInfo.InvariantCulture, format, values);

    static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The same said twice: as text, and as HTML that needs nothing from elsewhere.</summary>
    sealed class Body
    {
        readonly StringBuilder text = new();
        readonly StringBuilder html = new();

        public Body Title(string title, CultureInfo culture)
        {
            text.Append(title.ToUpper(culture)).Append("\n\n");
            html.Append("<h2 style=\"font-size:1.1em;margin:1.5em 0 0.5em\">").Append(Html(title)).Append("</h2>\n");
            return this;
        }

        public Body Paragraph(string said)
        {
            if (said.Length > 0)
            {
                text.Append(said).Append("\n\n");
                html.Append("<p style=\"margin:0 0 1em\">").Append(Html(said)).Append("</p>\n");
            }
            return this;
        }

        public Body Link(string said, string address)
        {
            text.Append(said).Append(":\n").Append(address).Append("\n\n");
            html.Append("<p style=\"margin:0 0 1em\"><a href=\"")
                .Append(Html(address))
                .Append("\">")
                .Append(Html(said))
                .Append("</a></p>\n");
            return this;
        }

        public Body Story(string headline, string? address, string where, string summary)
        {
            text.Append("* ").Append(headline).Append('\n');
            foreach (var line in new[] { where, summary, address ?? "" }.Where(line => line.Length > 0))
            {
                text.Append("  ").Append(line).Append('\n');
            }
            text.Append('\n');
            html.Append("<h3 style=\"font-size:1em;margin:1em 0 0.25em\">")
                .Append(address is null ? Html(headline) : $"<a href=\"{Html(address)}\">{Html(headline)}</a>")
                .Append("</h3>\n");
            foreach (var line in new[] { where, summary }.Where(line => line.Length > 0))
            {
                html.Append("<p style=\"margin:0 0 0.5em\">").Append(Html(line)).Append("</p>\n");
            }
            return this;
        }

        public MimeEntity End(string language, string title, string portal, string home, string unsubscribe, string leave) =>
            new BodyBuilder
            {
                TextBody = $"{text}-- \n{portal}\n{home}\n\n{unsubscribe}:\n{leave}\n",
                HtmlBody = $"""
                    <!DOCTYPE html>
                    <html lang="{Html(
                        language
                    )}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Html(title)}</title></head>
                    <body style="max-width:40em;margin:1em auto;padding:0 1em;font-family:sans-serif;line-height:1.4">
                    {html}<hr>
                    <p><a href="{Html(home)}">{Html(portal)}</a> · <a href="{Html(leave)}">{Html(unsubscribe)}</a></p>
                    </body></html>
                    """,
            }.ToMessageBody();

        static string Html(string said) => WebUtility.HtmlEncode(said);
    }
}
