/**
 * Keeps the screen up to date without reloading it. Without this file everything works by ordinary forms and links.
 */
( function ( apiFetch, a11y, words ) {
	'use strict';

	const root = () => document.getElementById( 'domain-bridge' );
	let timer = 0;
	let failures = 0;
	let acting = false;

	/** Copies attributes, except those that the person at the screen has changed. */
	function morphAttributes( from, to ) {
		for ( const { name, value } of to.attributes ) {
			if ( name === 'class' && from.classList.contains( 'is-expanded' ) ) {
				continue;
			}
			if ( from.getAttribute( name ) !== value ) {
				from.setAttribute( name, value );
			}
		}
		for ( const { name } of [ ...from.attributes ] ) {
			if ( ! to.hasAttribute( name ) && ! [ 'open', 'class' ].includes( name ) ) {
				from.removeAttribute( name );
			}
		}
	}

	/** The child of `parent` that stands for `node`: the one with the same id, or the one in the same place. */
	function counterpart( parent, node, place ) {
		if ( node.id ) {
			const same = document.getElementById( node.id );
			return same && same.parentNode === parent ? same : null;
		}
		return place && place.nodeName === node.nodeName && ! place.id ? place : null;
	}

	/** Makes `from` look like `to` and leaves alone what is the same already, so that focus and open rows stay. */
	function morph( from, to ) {
		if ( from.isEqualNode( to ) ) {
			return;
		}
		morphAttributes( from, to );
		let place = from.firstChild;
		for ( const node of [ ...to.childNodes ] ) {
			const mine = counterpart( from, node, place );
			if ( ! mine ) {
				from.insertBefore( document.importNode( node, true ), place );
				continue;
			}
			if ( mine === place ) {
				place = place.nextSibling;
			} else {
				from.insertBefore( mine, place );
			}
			if ( node.nodeType === Node.ELEMENT_NODE ) {
				morph( mine, node );
			} else if ( mine.nodeValue !== node.nodeValue ) {
				mine.nodeValue = node.nodeValue;
			}
		}
		while ( place ) {
			const next = place.nextSibling;
			if ( ! place.matches || ! place.matches( '.domain-bridge-copy, .notice-dismiss' ) ) {
				place.remove();
			}
			place = next;
		}
	}

	/** Shows what WordPress answered; false when it is not this screen, say after the session has ended. */
	function show( html, keepSaid ) {
		const page = new DOMParser().parseFromString( html, 'text/html' );
		const fresh = page.getElementById( 'domain-bridge' );
		if ( ! fresh ) {
			return false;
		}
		const said = fresh.querySelector( '#domain-bridge-said' );
		const before = root().dataset.say;
		if ( keepSaid ) {
			said.replaceWith( document.getElementById( 'domain-bridge-said' ).cloneNode( true ) );
		}
		morph( root(), fresh );
		if ( ! keepSaid && said.textContent.trim() ) {
			a11y.speak( said.textContent.trim(), 'assertive' );
			window.jQuery?.( document ).trigger( 'wp-updates-notice-added' );
		} else if ( before !== root().dataset.say ) {
			a11y.speak( root().dataset.say, 'polite' );
		}
		return true;
	}

	/** Looks again, unless the person is busy in the search field or the window is hidden. */
	async function refresh() {
		if ( acting || document.hidden || document.activeElement?.matches( '#domain-bridge input[type="search"], #domain-bridge .current-page' ) ) {
			return plan();
		}
		const asked = window.location.href;
		try {
			const answer = await apiFetch( { url: asked, parse: false, headers: { 'X-Domain-Bridge-Refresh': '1' } } );
			const html = await answer.text();
			if ( acting || asked !== window.location.href ) {
				return plan();
			}
			if ( ! show( html, true ) ) {
				return undefined;
			}
			failures = 0;
		} catch {
			failures += 1;
		}
		return plan();
	}

	function plan() {
		window.clearTimeout( timer );
		const seconds = Number( root().dataset.poll );
		if ( seconds > 0 ) {
			timer = window.setTimeout( refresh, Math.min( 60, seconds * 2 ** Math.min( failures, 5 ) ) * 1000 );
		}
	}

	/** Sends a form in the background and shows the page that it leads to. */
	async function act( form, button ) {
		acting = true;
		button.setAttribute( 'aria-busy', 'true' );
		const body = new FormData( form );
		body.append( button.name, button.value );
		try {
			const answer = await apiFetch( { url: form.action, method: 'POST', body, parse: false } );
			const html = await answer.text();
			if ( ! show( html, false ) ) {
				throw new Error();
			}
			window.history.replaceState( null, '', answer.url.replace( /[?&]_locale=\w+/, '' ) );
		} catch {
			a11y.speak( words.failed, 'assertive' );
			form.removeAttribute( 'data-background' );
		}
		button.removeAttribute( 'aria-busy' );
		acting = false;
		failures = 0;
		plan();
	}

	document.addEventListener( 'submit', ( event ) => {
		const form = event.target;
		if ( ! form.matches( '#domain-bridge .domain-bridge-form' ) || ! event.submitter ) {
			return;
		}
		event.preventDefault();
		if ( ! acting ) {
			act( form, event.submitter );
		}
	} );

	document.addEventListener( 'visibilitychange', () => {
		if ( ! document.hidden ) {
			refresh();
		}
	} );

	/** Offers to copy what is complete. */
	for ( const code of document.querySelectorAll( '#domain-bridge [data-copy]' ) ) {
		const button = document.createElement( 'button' );
		button.type = 'button';
		button.className = 'button domain-bridge-copy';
		button.textContent = words.copy;
		button.addEventListener( 'click', async () => {
			await navigator.clipboard.writeText( code.textContent );
			a11y.speak( words.copied, 'polite' );
			button.textContent = words.copied;
		} );
		if ( navigator.clipboard ) {
			code.after( button );
		}
	}

	plan();
} )( window.wp.apiFetch, window.wp.a11y, window.domainBridgeWords );
