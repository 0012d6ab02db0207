// Fetches a sitemap, with the files that it points to, as a crawler does. Usage: node sitemap.js ADDRESS
import Sitemapper from 'sitemapper';

const { sites, errors } = await new Sitemapper({ url: process.argv[2], timeout: 60_000, returnErrors: true }).fetch();
console.log(JSON.stringify({ sites, errors }));
